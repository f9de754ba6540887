"""Completes lists of rows column by column, where stock execution goes field by field.

A page of 100 rows and 8 fields is 800 calls of each of graphql-core's steps. Where everything that
is selected of a list is read from its rows without a resolver, the selection is compiled once into
columns: read a field of all rows, then complete all values. Whatever is out of the ordinary, a
resolver, an argument, an abstract type, a null where none may be, a value of an unexpected class,
leaves the whole list to graphql-core, which then finds the same and words the error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain, islice
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter

from domain.ids import UUID
from graphql_schema.fields import RowField
from graphql_schema.scalars import instant_texts

if TYPE_CHECKING:
    from graphql import GraphQLField, GraphQLOutputType

Values = list[Any]
Complete = Callable[[Values], Values]
"""Values of one field in all rows, to what the response says; raises Unusual."""
Read = Callable[[Any], Any]


class Unusual(Exception):
    """Something that is for graphql-core to deal with."""


class RowExecutor(StrawberryGraphQLCoreExecutionContext):
    """The stock executor, with a short cut through lists of rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._planned: dict[tuple[int, int], tuple[Any, Complete | None]] = {}
        manager = self.middleware_manager
        self._plans = self.context_value.services.plans and not (manager and manager.middlewares)

    def complete_iterable_value(  # noqa: PLR0917 - graphql-core's signature
        self,
        item_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        items: Iterable[Any],
        position_context: Any,
    ) -> Any:
        """The list as the response says it."""
        if self._plans and position_context is None and type(items) is list:
            complete = self._plan(item_type, field_details_list)
            if complete is not None:
                try:
                    return complete(items)
                except Exception:  # noqa: BLE001, S110 - graphql-core meets it again and reports it
                    pass
        return super().complete_iterable_value(
            item_type, field_details_list, info, path, items, position_context
        )

    def _plan(self, type_: Any, details: Any) -> Complete | None:
        key = (id(type_), id(details))
        known = self._planned.get(key)
        if known is None:
            # The details are kept: their address must not be used again.
            known = self._planned[key] = (details, self._completion(type_, details))
        return known[1]

    def _completion(self, type_: GraphQLOutputType, details: Any) -> Complete | None:
        if isinstance(type_, GraphQLNonNull):
            inner = self._present(type_.of_type, details)
            return None if inner is None else _required(inner)
        inner = self._present(type_, details)
        return None if inner is None else _optional(inner)

    def _present(self, type_: Any, details: Any) -> Complete | None:
        """How to complete values that are there."""
        if isinstance(type_, GraphQLList):
            items = self._completion(type_.of_type, details)
            return None if items is None else _lists(items)
        if isinstance(type_, GraphQLObjectType):
            return self._objects(type_, details)
        if isinstance(type_, GraphQLEnumType):
            return _words(type_)
        if isinstance(type_, GraphQLScalarType):
            return _SCALARS.get(type_.name)
        return None

    def _objects(self, type_: GraphQLObjectType, details: Any) -> Complete | None:
        fields, deferred, forbidden = self.collect_subfields(type_, details)
        if deferred or forbidden or not fields:
            return None
        columns: list[tuple[Read | None, Complete | str]] = []
        for field_details in fields.values():
            node = field_details[0].node
            if node.name.value == "__typename":
                columns.append((None, type_.name))
                continue
            field = type_.fields.get(node.name.value)
            read = None if field is None or node.arguments else _read_of(field)
            if field is None or read is None:
                return None
            complete = self._completion(field.type, field_details)
            if complete is None:
                return None
            columns.append((read, complete))
        origin = None
        if type_.is_type_of is not None:
            origin = type_.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].origin
        return _objects(list(fields), columns, origin)


def _read_of(field: GraphQLField) -> Read | None:
    """How the field's value is read from its object, None where that takes more than reading."""
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if field.args or definition is None or not getattr(field.resolve, "_is_default", False):
        return None
    if isinstance(definition, RowField):
        return definition.reading
    return attrgetter(definition.python_name) if definition.default_resolver is getattr else None


def _required(complete: Complete) -> Complete:
    def run(values: Values) -> Values:
        if NoneType in set(map(type, values)):
            raise Unusual
        return complete(values)

    return run


def _optional(complete: Complete) -> Complete:
    def run(values: Values) -> Values:
        if NoneType not in set(map(type, values)):
            return complete(values)
        completed = iter(complete([value for value in values if value is not None]))
        return [None if value is None else next(completed) for value in values]

    return run


def _lists(complete: Complete) -> Complete:
    def run(values: Values) -> Values:
        if not set(map(type, values)) <= {list, tuple}:
            raise Unusual
        completed = iter(complete(list(chain.from_iterable(values))))
        return [list(islice(completed, len(value))) for value in values]

    return run


def _objects(
    names: list[str], columns: list[tuple[Read | None, Complete | str]], origin: type[Any] | None
) -> Complete:
    def run(values: Values) -> Values:
        if origin is not None and not set(map(type, values)) <= {origin}:
            raise Unusual
        completed = [
            complete(list(map(read, values)))
            if read is not None and not isinstance(complete, str)
            else [complete] * len(values)
            for read, complete in columns
        ]
        return [dict(zip(names, row, strict=True)) for row in zip(*completed, strict=True)]

    return run


def _words(type_: GraphQLEnumType) -> Complete:
    """Enum members by their names in the schema."""
    wrapped: Any = type_.wrapped_cls  # type: ignore[attr-defined]
    names = {wrapped(value.value): name for name, value in type_.values.items()}

    def run(values: Values) -> Values:
        if not set(map(type, values)) <= {wrapped}:
            raise Unusual
        return [names[value] for value in values]

    return run


def _kept(values: Values) -> Values:
    return values


def _small(values: Values) -> Values:
    """Numbers of 32 bits: larger ones are refused."""
    if values and not -(2**31) <= min(values) <= max(values) < 2**31:
        raise Unusual
    return values


def _each(write: Callable[[Any], str]) -> Complete:
    return lambda values: list(map(write, values))


def _of(classes: tuple[type[Any], ...], complete: Complete, *, derived: bool = False) -> Complete:
    """Values of these classes only, or of classes `derived` from them too."""
    expected = set(classes)

    def run(values: Values) -> Values:
        found = set(map(type, values))
        if not found <= expected and not (
            derived and all(issubclass(each, classes) for each in found)
        ):
            raise Unusual
        return complete(values)

    return run


_SCALARS: dict[str, Complete] = {
    "String": _of((str,), _kept, derived=True),
    "ID": _of((str,), _kept, derived=True),
    "Boolean": _of((bool,), _kept),
    "Int": _of((int,), _small),
    "DateTime": _of((datetime,), instant_texts, derived=True),
    "UUID": _of((UUID,), _each(str), derived=True),
    "JSON": _of((dict, list, str, int, float, bool), _kept),
}
"""How the scalars of the schema are written; a value of another class is for graphql-core."""
