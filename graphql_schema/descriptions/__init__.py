"""Says of every part of the schema what it is, where its type does not say so itself.

`Type`, `Type.field`, `Type.field(argument)` and `Type.VALUE` name the parts, as clients do. What
many types have in common is told once: `common` makes it of the shape of the type.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLSchema, is_specified_scalar_type

from graphql_schema.descriptions.accounts import ACCOUNTS
from graphql_schema.descriptions.bulk import BULK
from graphql_schema.descriptions.changes import CHANGES
from graphql_schema.descriptions.common import COMMON_ARGUMENTS, common
from graphql_schema.descriptions.enums import ENUMS
from graphql_schema.descriptions.filters import FILTERS
from graphql_schema.descriptions.live import LIVE
from graphql_schema.descriptions.logs import LOGS
from graphql_schema.descriptions.mail import MAIL
from graphql_schema.descriptions.people import PEOPLE
from graphql_schema.descriptions.scim import SCIM
from graphql_schema.descriptions.sign_in import SIGN_IN

DESCRIPTIONS: dict[str, str] = {
    **PEOPLE,
    **ACCOUNTS,
    **MAIL,
    **SCIM,
    **SIGN_IN,
    **LOGS,
    **LIVE,
    **FILTERS,
    **CHANGES,
    **BULK,
    **ENUMS,
}


def parts(schema: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Every part that can be described, by its name; introspection and standard scalars aside."""
    for name, type_ in schema.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(type_):
            continue
        yield name, type_
        for member_name, member in {
            **getattr(type_, "fields", {}),
            **getattr(type_, "values", {}),
        }.items():
            yield f"{name}.{member_name}", member
            for argument_name, argument in getattr(member, "args", {}).items():
                yield f"{name}.{member_name}({argument_name})", argument


def describe(schema: GraphQLSchema) -> None:
    """Fill in what is not described yet."""
    for name, part in parts(schema):
        if not part.description:
            part.description = DESCRIPTIONS.get(name) or common(name, schema)


__all__ = ["COMMON_ARGUMENTS", "DESCRIPTIONS", "describe", "parts"]
