"""Walks the committed schema: which fields there are, how each is reached, what inputs hold.

Reads the print of the schema alone, and so shares nothing with the code that enforces it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_required_argument,
)
from graphql import GraphQLInputType as InputType

import graphql_schema

SCHEMA = build_schema((Path(graphql_schema.__file__).parent / "schema.graphql").read_text())
DEEPEST = 10
ARGUMENTS = {
    "OrganizationRef": "{id: $org}",
    "MemberRef": '{userName: "nobody"}',
    "GroupRef": '{displayName: "nobody"}',
    "DateTimeRange": "{}",
    "ID": '"none"',
    "String": '"none"',
}
"""What required arguments are given in queries, by their type."""


def types_with_fields() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    """The types whose fields can be selected."""
    for type_ in SCHEMA.type_map.values():
        if type_.name.startswith("__"):
            continue
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            yield type_


def scopes_of(type_: GraphQLNamedType, name: str) -> frozenset[str]:
    """The scopes that the schema prints for a field, of its own and of its type's."""
    field: GraphQLField = type_.fields[name]  # type: ignore[attr-defined]
    nodes: list[Any] = [field.ast_node]
    if name not in ("id", "__typename"):
        nodes.append(type_.ast_node)
    return frozenset(
        directive.arguments[0].value.value
        for node in nodes
        for directive in node.directives or ()
        if directive.name.value == "requiresScope"
    )


@dataclass(frozen=True, slots=True)
class Way:
    """How queries reach a type: fields and fragments, outermost first, and the scopes of them."""

    scopes: frozenset[str]
    steps: tuple[str, ...]

    def query(self, selection: str) -> str:
        """The operation that selects it there."""
        inner = selection
        for step in reversed(self.steps):
            inner = f"{step} {{ {inner} }}"
        return (
            f"query ($org: ID!) {{ __typename {inner} }}" if "$org" in inner else f"{{ {inner} }}"
        )


def call(name: str, field: GraphQLField) -> str | None:
    """The field with its required arguments, None where one of them cannot be given."""
    given = []
    for argument_name, argument in field.args.items():
        if is_required_argument(argument):
            value = ARGUMENTS.get(get_named_type(argument.type).name)
            if value is None:
                return None
            given.append(f"{argument_name}: {value}")
    return f"{name}({', '.join(given)})" if given else name


def ways() -> Mapping[str, Way]:
    """To every type that queries reach, a way of the fewest scopes, then of the fewest steps."""
    known: dict[str, Way] = {}
    queue: list[tuple[int, int, tuple[str, ...], str, frozenset[str]]] = [
        (0, 0, (), "Query", frozenset())
    ]
    while queue:
        _, depth, steps, name, scopes = heappop(queue)
        if name in known or depth >= DEEPEST:
            continue
        known[name] = Way(scopes, steps)
        type_ = SCHEMA.type_map[name]
        if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType):
            for each in SCHEMA.get_possible_types(type_):
                # What a fragment on the type needs shows with the fields in it.
                step = (*steps, f"... on {each.name}")
                heappush(queue, (len(scopes), depth, step, each.name, scopes))
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in type_.fields.items():
                called, to = call(field_name, field), get_named_type(field.type)
                if called is None or (not hasattr(to, "fields") and not hasattr(to, "types")):
                    continue
                more = scopes | scopes_of(type_, field_name)
                heappush(queue, (len(more), depth + 1, (*steps, called), to.name, more))
    return known


def leaves(type_: InputType, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Paths to the scalars of an input, with the scalar's name; `*` is any item of a list."""
    if isinstance(type_, GraphQLNonNull):
        yield from leaves(type_.of_type, path)
    elif isinstance(type_, GraphQLList):
        yield from leaves(type_.of_type, (*path, "*"))
    elif isinstance(type_, GraphQLInputObjectType):
        for name, field in type_.fields.items():
            yield from leaves(field.type, (*path, name))
    elif not isinstance(type_, GraphQLEnumType):
        yield path, type_.name
