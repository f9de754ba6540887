"""The file of trusted documents: read once at the start, and looked at by `rollcall doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLError, parse, validate

from api.settings import variable
from api.start_error import StartError
from graphql_schema.schema import schema
from graphql_schema.trusted import BadDocumentsError, read_documents

if TYPE_CHECKING:
    from api.settings import Settings


def trusted_documents(settings: Settings) -> dict[str, str]:
    """The documents by their hashes, none without a file. Raises StartError."""
    path = settings.graphql_documents
    if path is None:
        return {}
    name = variable("graphql_documents")
    try:
        return read_documents(path.read_bytes())
    except OSError as error:
        raise StartError(f"{name}: {path} cannot be read ({error.strerror}).") from error
    except BadDocumentsError as error:
        raise StartError(f"{name}: {path} cannot be used: {error}.") from error


def fits(document: str) -> bool:
    """Whether this version of the schema has what a document asks for."""
    try:
        return not validate(schema._schema, parse(document))  # noqa: SLF001 - no other way
    except GraphQLError:
        return False
