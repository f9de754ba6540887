"""Checks of an operation before it runs: grammar, validity, limits, scopes.

Documents are parsed and validated once and remembered; so is what they cost, where that does not
depend on variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLError,
    MaxIntrospectionDepthRule,
    OperationDefinitionNode,
    OperationType,
    specified_rules,
)
from graphql.validation.rules import overlapping_fields_can_be_merged
from graphql.validation.validate import ValidationAbortedError
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from graphql_schema.documents import Document, has_nul, parsed
from graphql_schema.errors import (
    BAD_REQUEST,
    LIMIT_EXCEEDED,
    MOST_ERRORS,
    ApiError,
    missing_scope,
    rate_limited,
    unauthenticated,
)
from graphql_schema.measure import Measure, Measuring
from graphql_schema.openness import all_open
from graphql_schema.prices import Prices, read_prices

if TYPE_CHECKING:
    import strawberry

    from graphql_schema.context import Context
    from graphql_schema.services import Limits, Wait

_RULES = (*specified_rules, MaxIntrospectionDepthRule)
# Comparing fields of the same name is quadratic: 500 of them took a second, and take 40 ms so.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 10_000


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
        context: Context = execution.context
        _admit(context.services.admission.start(context.caller))
        limits = context.services.limits
        self._document = parsed(execution.query or "", limits, by_nobody=context.known.is_nobody)
        execution.graphql_document = self._document.node
        yield

    def on_validate(self) -> Iterator[None]:
        """Say what is wrong with the operation, if anything is."""
        execution = self.execution_context
        document = self._document
        if document is None:  # pragma: no cover - parsing comes first
            raise RuntimeError("a document was validated that was never parsed")
        context: Context = execution.context
        if context.known.is_nobody and not self._is_open(document, execution.schema):
            execution.pre_execution_errors = [unauthenticated()]
            yield
            return
        if document.errors is None:
            document.errors = _faults(execution.schema, document)
        errors = list(document.errors)
        if not errors:
            try:
                errors = self._refusals(document, execution.schema, context)
            except ApiError as error:
                errors = [error]
        execution.pre_execution_errors = errors
        yield

    def _is_open(self, document: Document, schema: strawberry.Schema) -> bool:
        """Whether anybody may run the operation; asked before anything else is looked at."""
        named = self.execution_context._provided_operation_name  # noqa: SLF001 - as below
        try:
            operation = _operation(document.operations, named)
        except ApiError:
            return False
        return all_open(document.node, operation, price_list(schema))

    def _refusals(
        self, document: Document, schema: strawberry.Schema, context: Context
    ) -> list[GraphQLError]:
        execution = self.execution_context
        variables: Mapping[str, Any] = execution.variables or {}
        limits, admission = context.services.limits, context.services.admission
        if has_nul(variables, limits.nesting):
            return [GraphQLError("A string cannot contain U+0000.")]
        # Strawberry takes the first operation where none is named; GraphQL refuses (§6.1).
        named = execution._provided_operation_name  # noqa: SLF001 - its property hides it
        operation = _operation(document.operations, named)
        name = None if operation.name is None else operation.name.value
        measure = document.measures.get(name)
        if measure is None:
            measuring = Measuring(price_list(schema), document.node, variables)
            measure = measuring.operation(operation)
            if not measuring.uses_variables:
                document.measures[name] = measure
        context.cost, context.needed = measure.cost, measure.scopes
        exceeded = over_limit(measure, limits)
        if exceeded is not None:
            return [exceeded]
        missing = [missing_scope(scope) for scope in sorted(measure.scopes - context.caller.scopes)]
        if missing:
            return list(missing)
        _admit(admission.spend(context.caller, measure.cost))
        if operation.operation is OperationType.QUERY:
            context.is_query()
        return []


def _faults(schema: strawberry.Schema, document: Document) -> list[GraphQLError]:
    """What is wrong with a document, whoever asks."""
    graphql = schema._schema  # noqa: SLF001 - as Strawberry's own cache does
    errors = validate_document(graphql, document.node, _RULES)
    if errors and isinstance(errors[-1], ValidationAbortedError) and len(errors) < MOST_ERRORS:
        message = "The document selects the same fields, or spreads fragments, too often."
        return [ApiError(LIMIT_EXCEEDED, message)]
    return errors


def _admit(wait: Wait | None) -> None:
    if wait is not None:
        raise rate_limited(wait.seconds, f"At most {wait.budget} a minute")


@lru_cache(maxsize=4)
def price_list(schema: strawberry.Schema) -> Prices:
    """The prices of a schema, read once."""
    return read_prices(schema)


def _operation(
    operations: Mapping[str | None, OperationDefinitionNode], name: str | None
) -> OperationDefinitionNode:
    """The operation to run. Raises ApiError."""
    found = operations.get(name)
    if name is None and len(operations) == 1:
        (found,) = operations.values()
    if found is None:
        raise ApiError(BAD_REQUEST, "`operationName` must name one of the document's operations.")
    return found


__all__ = ["Checks", "over_limit", "price_list"]
