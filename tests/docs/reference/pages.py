"""The reference of the admin API: pages made of the schema and of the examples.

`python -m tests.docs.reference.pages` writes them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from graphql import (
    GraphQLNamedType,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_scalar_type,
    is_specified_scalar_type,
    is_union_type,
)

from tests.docs.pages import DOCS
from tests.docs.reference.examples import Example, pretty, wanted
from tests.docs.reference.words import (
    TYPES,
    cell,
    enum_values,
    field_row,
    fields,
    link,
    listed,
    said_of,
    scopes_of,
    table_of,
)
from tests.graphql_schema.mutation_errors import ERRORS, RESULT_ERRORS
from tests.graphql_schema.test_limits import measured

FOLDER = DOCS / "graphql"
_MADE = "<!-- made by python -m tests.docs.reference.pages -->"
_ROOTS = {"Query", "Mutation", "Subscription"}


def queries() -> str:
    """The fields of Query and those that lead on from an organization."""
    return _page(
        "Queries",
        "What can be asked. Ids in the examples are samples, `…` stands for what is another each"
        " time; [the guide](../graphql.md) says how to send them.",
        *_operations("queries", "organization"),
    )


def mutations() -> str:
    """The fields of Mutation."""
    return _page(
        "Mutations",
        "What can be changed, each in a transaction of its own. The codes are those of the"
        " payload's `errors`; [the guide](../graphql.md#errors) says what each means, and what else"
        " may happen.",
        *_operations("mutations"),
    )


def subscriptions() -> str:
    """The fields of Subscription."""
    return _page(
        "Subscriptions",
        "What can be followed as it happens; [the guide](../graphql.md) says over which ways.",
        *_operations("subscriptions"),
    )


def objects() -> str:
    """Types that are answered."""
    return _page(
        "Objects",
        "What answers are made of. Lists take `first`, `after`, `last` and `before`, as [the"
        " guide](../graphql.md#lists) says. A scope beside a name is needed to read it.",
        *_types(is_interface_type, fields),
        *_types(is_union_type, lambda type_: listed("One of", [each.name for each in type_.types])),
        *_types(lambda type_: is_object_type(type_) and type_.name not in _ROOTS, fields),
    )


def inputs() -> str:
    """Types that are sent."""
    return _page(
        "Inputs",
        "What is sent: references, filters, orders, and the inputs of mutations. A type with `!`"
        " must be given.",
        *_types(is_input_object_type, fields),
    )


def values() -> str:
    """Enums and scalars."""
    return _page(
        "Enums and scalars",
        "Words and single values. An enum may get further values: let programs bear with words"
        " they do not know.",
        *_types(is_enum_type, enum_values),
        *_types(
            lambda type_: is_scalar_type(type_) and not is_specified_scalar_type(type_),
            lambda _: "",
        ),
    )


PAGES: dict[str, Callable[[], str]] = {
    "queries.md": queries,
    "mutations.md": mutations,
    "objects.md": objects,
    "inputs.md": inputs,
    "enums.md": values,
} | ({"subscriptions.md": subscriptions} if "Subscription" in TYPES else {})


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8")


def _page(title: str, introduction: str, *parts: str) -> str:
    text = "\n\n".join([f"# {title}", _MADE, introduction, *(part for part in parts if part)])
    return f"{text}\n"


def _operations(*folders: str) -> Iterator[str]:
    """A table of what there is, then each with its example, by name."""
    shown = [
        each
        for folder in folders
        for each in sorted(wanted(), key=lambda each: each.field)
        if each.folder == folder
    ]
    rows = [
        (
            f"[`{_heading(each)}`](#{_heading(each).replace('.', '').lower()})",
            cell(_definition(each).description or ""),
        )
        for each in shown
    ]
    yield table_of(("name", "what it is for"), rows)
    yield from map(_operation, shown)


def _heading(example: Example) -> str:
    return f"Organization.{example.field}" if example.folder == "organization" else example.field


def _definition(example: Example) -> Any:
    type_: Any = TYPES[example.type_name]
    return type_.fields[example.field]


def _operation(example: Example) -> str:
    """A field of a root or of Organization, with all that is said of it and its example."""
    field = _definition(example)
    lines = [f"## {_heading(example)}", field.description or ""]
    facts = [f"Answers {link(field.type)}."]
    scopes = scopes_of(example.type_name, example.field)
    facts.append(f"Needs {scopes}." if scopes else "Needs no scope.")
    cost = measured(example.query(), **example.variables()).cost
    facts.append(f"The example costs {cost:,}.")
    lines.extend([" ".join(facts), _arguments(field)])
    lines.extend(_refusals(example.field) if example.folder == "mutations" else [])
    lines.append(f"```graphql\n{example.query()}```")
    if example.variables():
        lines.append(f"With the variables\n\n```json\n{pretty(example.variables())}\n```")
    if example.answer() is not None:
        lines.append(f"it answers\n\n```json\n{pretty(example.answer())}\n```")
    return "\n\n".join(line for line in lines if line)


def _refusals(name: str) -> Iterator[str]:
    yield listed("Can refuse with", sorted(ERRORS[name]))
    if name in RESULT_ERRORS:
        yield listed("Each result can refuse with", sorted(RESULT_ERRORS[name]))


def _arguments(field: Any) -> str:
    if list(field.args) == ["input"]:
        type_: Any = get_named_type(field.args["input"].type)
        head = f"Input: {link(field.args['input'].type)}"
        if type_.description and "takes" not in type_.description:
            head += f". {cell(type_.description)}"
        rows = [field_row(type_, name, each) for name, each in type_.fields.items()]
        return f"{head}\n\n{table_of(('field of the input', 'type', ''), rows)}"
    rows = [
        (f"`{name}`", link(argument.type), said_of(name, argument))
        for name, argument in field.args.items()
    ]
    return table_of(("argument", "type", ""), rows)


def _types(chosen: Callable[[GraphQLNamedType], bool], body: Callable[[Any], str]) -> Iterator[str]:
    for name, type_ in sorted(TYPES.items()):
        if not name.startswith("__") and chosen(type_):
            parts = [f"## {name}", type_.description or "", body(type_)]
            yield "\n\n".join(part for part in parts if part)


if __name__ == "__main__":
    main()
