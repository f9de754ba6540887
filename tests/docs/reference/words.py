"""How parts of the schema are written in Markdown: types with links, tables, lists of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    Undefined,
    ast_from_value,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_scalar_type,
    is_specified_scalar_type,
    print_ast,
)

from graphql_schema.checks import price_list
from graphql_schema.descriptions import COMMON_ARGUMENTS
from graphql_schema.enums import Scope
from graphql_schema.schema import schema

PRICES = price_list(schema)
TYPES = schema._schema.type_map


def listed(words: str, names: list[str]) -> str:
    """A sentence that lists names, with links to those that are types."""
    shown = [
        f"[`{name}`](objects.md#{name.lower()})" if name in TYPES else f"`{name}`" for name in names
    ]
    return f"{words} {', '.join(shown)}."


def said_of(name: str, argument: Any) -> str:
    """What is said of an argument."""
    said = cell(argument.description or COMMON_ARGUMENTS.get(name, ""))
    default = default_of(argument)
    return f"{said} `{default}` unless said otherwise." if default else said


def fields(type_: Any) -> str:
    """The fields of a type as a table, and what holds for all of them."""
    head = []
    interfaces = [each.name for each in getattr(type_, "interfaces", ())]
    if interfaces:
        head.append(listed("Is a", interfaces))
    if is_interface_type(type_):
        made = [each.name for each in schema._schema.get_possible_types(type_)]
        head.append(listed("Is what these have in common:", sorted(made)))
    scopes = PRICES.type_scopes.get(type_.name) or frozenset()
    if scopes:
        head.append(f"Needs {said(scopes)}.")
    rows = [field_row(type_, name, field) for name, field in type_.fields.items()]
    table = table_of(("field", "type", ""), rows)
    return "\n\n".join([*([" ".join(head)] if head else []), table])


def field_row(type_: Any, name: str, field: Any) -> tuple[str, str, str]:
    """One field: its name with its own arguments, its type, what it is."""
    shown = name
    own = [argument for argument in getattr(field, "args", {}) if argument not in COMMON_ARGUMENTS]
    if getattr(field, "args", {}):
        shown += f"({', '.join([*own, *(['…'] if len(own) < len(field.args) else [])])})"
    words = [cell(field.description or inherited(type_, name) or "")]
    default = default_of(field)
    if default:
        words.append(f"`{default}` unless said otherwise.")
    price = PRICES.fields.get(type_.name, {}).get(name)
    if price is not None and price.scopes:
        words.append(f"Needs {said(price.scopes)}.")
    return f"`{shown}`", link(field.type), " ".join(word for word in words if word)


def default_of(given: Any) -> str:
    """The default of an argument or an input's field, as GraphQL writes it."""
    value = getattr(given, "default_value", Undefined)
    node = None if value in (Undefined, None) else ast_from_value(value, given.type)
    return "" if node is None else print_ast(node)


def inherited(type_: Any, field: str) -> str | None:
    """What an interface of the type says of the field."""
    for interface in getattr(type_, "interfaces", ()):
        if field in interface.fields:
            text: str | None = interface.fields[field].description
            return text
    return None


def enum_values(type_: Any) -> str:
    """The values of an enum as a table."""
    rows = [(f"`{name}`", cell(value.description or "")) for name, value in type_.values.items()]
    return table_of(("value", ""), rows)


def scopes_of(type_name: str, field: str) -> str:
    """The scopes that a field needs, and those of what it answers."""
    price = PRICES.fields[type_name][field]
    return said(price.scopes | (PRICES.type_scopes.get(price.returns) or frozenset()))


def said(scopes: frozenset[Scope]) -> str:
    """Scopes in a sentence."""
    return " and ".join(f"`{scope.value}`" for scope in sorted(scopes))


def link(type_: Any) -> str:
    """A type, with a link to where it is described."""
    named = get_named_type(type_)
    if is_specified_scalar_type(named):
        return f"`{type_}`"
    page = (
        "inputs.md"
        if is_input_object_type(named)
        else "enums.md"
        if is_enum_type(named) or is_scalar_type(named)
        else "objects.md"
    )
    return f"[`{type_}`]({page}#{named.name.lower()})"


def table_of(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table; nothing where there are no rows."""
    if not rows:
        return ""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """A text as it can stand in a cell."""
    return " ".join(text.split()).replace("|", "\\|")
