"""Every part of the schema says what it is, and nothing is described that is not there."""

import pytest

from graphql_schema.descriptions import COMMON_ARGUMENTS, DESCRIPTIONS, parts
from graphql_schema.schema import schema

PARTS = dict(parts(schema._schema))
PAGE_FIELDS = {"edges", "nodes", "pageInfo", "totalCount", "cursor", "node"}
"""Of connections and edges: said once, with the lists."""


def inherited(name: str) -> str | None:
    """What an interface says of the field."""
    type_name, _, field = name.partition(".")
    for interface in getattr(PARTS[type_name], "interfaces", ()):
        described: str | None = (
            PARTS[f"{interface.name}.{field}"].description if (field in interface.fields) else None
        )
        if described:
            return described
    return None


def speaks_for_itself(name: str) -> bool:
    type_name, _, field = name.partition(".")
    if "(" in field:
        return field.partition("(")[2].rstrip(")") in COMMON_ARGUMENTS
    if field == "id":
        return True
    return type_name.endswith(("Connection", "Edge")) and field in PAGE_FIELDS


def test_every_part_is_described() -> None:
    assert [
        name
        for name, part in PARTS.items()
        if not part.description and not speaks_for_itself(name) and not inherited(name)
    ] == []


def test_every_description_is_of_something() -> None:
    assert set(DESCRIPTIONS) - set(PARTS) == set()
    # One that the type itself gives comes first: then this one is said in vain.
    assert [name for name, text in DESCRIPTIONS.items() if PARTS[name].description != text] == []


@pytest.mark.parametrize("kind", ["common arguments", "parts"])
def test_a_description_is_a_sentence_for_users(kind: str) -> None:
    texts = (
        COMMON_ARGUMENTS
        if kind == "common arguments"
        else {name: part.description for name, part in PARTS.items() if part.description}
    )

    assert [name for name, text in texts.items() if text.strip() != text] == []
    assert [name for name, text in texts.items() if not text.endswith((".", "`"))] == []
    assert [name for name, text in texts.items() if len(text) > 300] == []
