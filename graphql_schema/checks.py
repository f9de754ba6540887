"""Checks of an operation before it runs: grammar, validity, limits, scopes.

Documents are parsed and validated once and remembered; so is what they cost, where that does not
depend on variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    MaxIntrospectionDepthRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from graphql_schema.errors import LIMIT_EXCEEDED, RATE_LIMITED, ApiError, missing_scope
from graphql_schema.measure import Measure, Measuring
from graphql_schema.prices import Prices, read_prices

if TYPE_CHECKING:
    import strawberry

    from graphql_schema.context import Context
    from graphql_schema.services import Limits

REMEMBERED = 500
_RULES = (*specified_rules, MaxIntrospectionDepthRule)
_NUL = re.compile(r"\x00|\\u(?:0000|\{0+\})")


@dataclass(slots=True)
class Document:
    """A parsed document, what is wrong with it, and its measures by operation name."""

    node: DocumentNode
    errors: list[GraphQLError] | None = None
    measures: dict[str | None, Measure] = field(default_factory=dict)


@lru_cache(maxsize=REMEMBERED)
def _parsed(query: str, max_tokens: int) -> Document:
    return Document(parse(query, max_tokens=max_tokens))


def parsed(query: str, limits: Limits) -> Document:
    """The document of a query text. Raises ApiError, GraphQLSyntaxError."""
    if _NUL.search(query):
        raise GraphQLError("A string cannot contain U+0000.")
    try:
        return _parsed(query, limits.tokens)
    except GraphQLSyntaxError as error:
        if "tokens" in error.message and str(limits.tokens) in error.message:
            raise ApiError(
                LIMIT_EXCEEDED, f"A document may have at most {limits.tokens} tokens."
            ) from error
        raise


def has_nul(value: Any) -> bool:
    """Whether a JSON value holds a character that the database cannot store."""
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(has_nul(each) for each in value.values())
        case list():
            return any(map(has_nul, value))
        case _:
            return False


def over_limit(measure: Measure, limits: Limits) -> ApiError | None:
    """The first limit that an operation exceeds."""
    for word, found, most in (
        ("levels of fields", measure.depth, limits.depth),
        ("aliases", measure.aliases, limits.aliases),
        ("root fields", measure.fields, limits.root_fields),
        ("points of cost", measure.cost, limits.cost),
    ):
        if found > most:
            return ApiError(
                LIMIT_EXCEEDED,
                f"An operation may have at most {most} {word}; this one has {found}.",
            )
    return None


class Checks(SchemaExtension):
    """Runs the checks in Strawberry's own steps, so that they hold for every transport."""

    def __init__(self) -> None:
        self._document: Document | None = None

    def on_parse(self) -> Iterator[None]:
        """Set the document from memory, or parse it."""
        execution = self.execution_context
        self._document = parsed(execution.query or "", execution.context.services.limits)
        execution.graphql_document = self._document.node
        yield

    def on_validate(self) -> Iterator[None]:
        """Say what is wrong with the operation, if anything is."""
        execution = self.execution_context
        document = self._document
        if document is None:  # pragma: no cover - parsing comes first
            raise RuntimeError("a document was validated that was never parsed")
        if document.errors is None:
            document.errors = validate_document(
                execution.schema._schema,  # noqa: SLF001 - as Strawberry's own cache does
                document.node,
                _RULES,
            )
        errors = list(document.errors)
        if not errors:
            errors = self._refusals(document, execution.schema, execution.context)
        execution.pre_execution_errors = errors
        yield

    def _refusals(
        self, document: Document, schema: strawberry.Schema, context: Context
    ) -> list[GraphQLError]:
        execution = self.execution_context
        variables: Mapping[str, Any] = execution.variables or {}
        if has_nul(dict(variables)):
            return [GraphQLError("A string cannot contain U+0000.")]
        measure = document.measures.get(execution.operation_name)
        if measure is None:
            measuring = Measuring(price_list(schema), document.node, variables)
            measure = measuring.operation(_operation(document.node, execution.operation_name))
            if not measuring.uses_variables:
                document.measures[execution.operation_name] = measure
        context.cost = measure.cost
        exceeded = over_limit(measure, context.services.limits)
        if exceeded is not None:
            return [exceeded]
        missing = [missing_scope(scope) for scope in sorted(measure.scopes - context.caller.scopes)]
        if missing:
            return list(missing)
        wait_s = context.services.admission.allow(context.token.id, measure.cost)
        if wait_s is not None:
            return [
                ApiError(RATE_LIMITED, f"Too many operations; try again in {wait_s:.0f} seconds.")
            ]
        return []


@lru_cache(maxsize=4)
def price_list(schema: strawberry.Schema) -> Prices:
    """The prices of a schema, read once."""
    return read_prices(schema)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [
        node for node in document.definitions if isinstance(node, OperationDefinitionNode)
    ]
    for node in operations:
        if name is not None and node.name is not None and node.name.value == name:
            return node
    return operations[0]


__all__ = ["Checks", "Document", "has_nul", "over_limit", "parsed", "price_list"]
