"""The price and the scopes of every field, read once from the directives that the schema prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLAbstractType,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_interface_type,
    is_object_type,
    is_union_type,
)

from domain.vocabulary import Scope
from graphql_schema.policy import Cost, Open, RequiresScope

if TYPE_CHECKING:
    from collections.abc import Iterable

    import strawberry
    from graphql import GraphQLSchema

_DEFINITION = "strawberry-definition"


@dataclass(frozen=True, slots=True)
class FieldPrice:
    """What a field costs and needs; `pages` where it takes `first` or `last`, `open` to anybody."""

    weight: int
    list_size: int
    pages: bool
    returns: str
    composite: bool
    scopes: frozenset[Scope]
    open: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """Of every type: its fields, the concrete types it may be, the scopes of the type itself."""

    fields: dict[str, dict[str, FieldPrice]]
    possible: dict[str, frozenset[str]]
    type_scopes: dict[str, frozenset[Scope]]


def read_prices(schema: strawberry.Schema) -> Prices:
    """The price list of a schema."""
    graphql: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry offers no other way
    fields: dict[str, dict[str, FieldPrice]] = {}
    possible: dict[str, frozenset[str]] = {}
    scopes: dict[str, frozenset[Scope]] = {}
    for name, type_ in graphql.type_map.items():
        if name.startswith("__"):
            continue
        if is_object_type(type_) or is_interface_type(type_):
            fields[name] = {field_name: _price(field) for field_name, field in type_.fields.items()}
            scopes[name] = _scopes(_directives(type_))
        if isinstance(type_, GraphQLObjectType):
            possible[name] = frozenset({name})
        elif is_union_type(type_) or is_interface_type(type_):
            abstract: GraphQLAbstractType = type_
            possible[name] = frozenset(each.name for each in graphql.get_possible_types(abstract))
    return Prices(fields, possible, scopes)


def _directives(thing: Any) -> list[object]:
    definition = thing.extensions.get(_DEFINITION)
    return list(getattr(definition, "directives", None) or ())


def _scopes(directives: Iterable[object]) -> frozenset[Scope]:
    return frozenset(each.scope for each in directives if isinstance(each, RequiresScope))


def _price(field: Any) -> FieldPrice:
    directives = _directives(field)
    named = get_named_type(field.type)
    composite = is_composite_type(named)
    cost = next((each for each in directives if isinstance(each, Cost)), None)
    return FieldPrice(
        weight=cost.weight if cost is not None else int(composite),
        list_size=(cost.list_size or 1) if cost is not None else 1,
        pages="first" in field.args,
        returns=named.name,
        composite=composite,
        scopes=_scopes(directives),
        open=any(isinstance(each, Open) for each in directives),
    )
