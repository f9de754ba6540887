"""The schema that runs against the one that was designed: every difference has its reason.

`design/design.txt` holds the facts of the design, `missing.txt` what of it is not served,
`beyond.txt` what is served and was not designed. A line that ends in `*` stands for all that begin
so.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema

from tests.docs.reference.outline import outline, read_sections
from tests.graphql_schema.evolution import served_schema

FOLDER = Path(__file__).parent / "design"
DESIGNED = set((FOLDER / "design.txt").read_text("utf-8").splitlines())
SERVED = outline(build_schema(served_schema()))
DIFFERENCES = {
    "missing": (DESIGNED - SERVED, read_sections(FOLDER / "missing.txt")),
    "beyond": (SERVED - DESIGNED, read_sections(FOLDER / "beyond.txt")),
}


def meets(fact: str, line: str) -> bool:
    return fact.startswith(line[:-1]) if line.endswith("*") else fact == line


@pytest.mark.parametrize("which", DIFFERENCES)
def test_every_difference_has_its_reason(which: str) -> None:
    found, listed = DIFFERENCES[which]
    lines = [line for each in listed.values() for line in each]

    unexplained = {fact for fact in found if not any(meets(fact, line) for line in lines)}
    assert sorted(unexplained) == [], f"say in design/{which}.txt why"
    settled = [line for line in lines if not any(meets(fact, line) for fact in found)]
    assert settled == [], f"take them out of design/{which}.txt"


@pytest.mark.parametrize("which", DIFFERENCES)
def test_a_reason_is_a_sentence(which: str) -> None:
    _, listed = DIFFERENCES[which]

    assert all(reason.endswith(".") and len(reason.split()) > 4 for reason in listed)
    assert all(lines == sorted(lines) for lines in listed.values())


def test_a_schema_becomes_facts() -> None:
    found = outline(
        build_schema(
            """
            interface Node { id: ID! }
            enum Role { OWNER USER }
            scalar When
            union Both = Member | A
            type A { at: When }
            type Member implements Node { id: ID! role(now: Role! = USER): Role }
            input Ref @oneOf { id: ID name: String }
            type Query { member(by: Ref!): [Member!]! }
            """
        )
    )

    assert found == {
        "Node.id: ID!",
        "Role.OWNER",
        "Role.USER",
        "scalar When",
        "Both | Member",
        "Both | A",
        "A.at: When",
        "Member implements Node",
        "Member.id: ID!",
        "Member.role(now): Role! = USER",
        "Member.role: Role",
        "Ref is one of its fields",
        "Ref.id: ID",
        "Ref.name: String",
        "Query.member(by): Ref!",
        "Query.member: [Member!]!",
    }
