"""Compiled conditions find in PostgreSQL what they mean in Python."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from domain.application import Application
from domain.commands import MemberAttributes, ProvisionMember, RevokeMember
from domain.ids import UUID, new_id
from domain.queries.conditions import (
    EVERYTHING,
    NOTHING,
    Column,
    Compare,
    Condition,
    Kind,
    Linked,
    Negated,
    OneOf,
    Op,
    ProfileValue,
)
from domain.queries.groups import count_groups
from domain.queries.members import count_members, list_members
from domain.queries.reader import Reader
from tests.domain.queries.oracle import CONDITIONS, holds
from tests.support import factories
from tests.support.blocking import Blocking
from tests.support.effort import how_many
from tests.support.factories import SYSTEM

EMAILS: list[Any] = [
    {"value": "Ann@x.org", "primary": True, "labels": ["a%", "É"]},
    {"value": "further@x.org", "primary": False},
]
PEOPLE: list[dict[str, Any]] = [
    {"user_name": "ann", "email": "Ann@x.org", "further_emails": ("further@x.org",)},
    {"user_name": "ÄNN", "display_name": "Straße", "given_name": "Änn", "external_id": "ann"},
    {"user_name": "a%", "display_name": "a_b", "given_name": "100%", "external_id": "A%"},
    {"user_name": "a\\b", "email": "a_b@x.org", "family_name": "O'Neil\\", "active": False},
    {"user_name": "É", "display_name": "ａｎｎ", "given_name": "É", "external_id": "e\u0301"},
    {"user_name": "zz", "email": "zz@x.org", "further_emails": ("ANN@X.ORG", "ß@x.org")},
    {"user_name": "text", "profile": {"text": "Ann", "exact": "Ann", "emails": EMAILS}},
    {"user_name": "text2", "profile": {"text": "a%b_\\", "exact": "ann", "emails": EMAILS[0]}},
    {"user_name": "text3", "profile": {"text": "", "exact": "", "emails": []}, "active": False},
    {"user_name": "null", "profile": {"text": None, "emails": None, "deep": None}},
    {"user_name": "yes", "profile": {"boolean": True, "number": 42, "emails": ["ann", "a%"]}},
    {"user_name": "no", "profile": {"boolean": False, "number": 1.5, "emails": ["ß"]}},
    {"user_name": "odd", "profile": {"boolean": "true", "number": "42", "instant": "soon"}},
    {"user_name": "odd2", "profile": {"number": True, "instant": 7, "emails": [None, {}]}},
    {"user_name": "when", "profile": {"instant": "2024-02-29T00:00:00Z"}},
    {"user_name": "when2", "profile": {"instant": "2025-01-01T13:30:00.000001+01:00"}},
    {"user_name": "deep", "profile": {"deep": {"text": "ANN", "number": 41, "emails": EMAILS}}},
    {"user_name": "flat", "profile": {"deep": "ann", "emails": "ann"}},
]
ABSENT: dict[str, Any] = {
    "email": None,
    "external_id": None,
    "display_name": None,
    "given_name": None,
    "family_name": None,
    "further_emails": (),
    "profile": {},
    "active": True,
}


@pytest.fixture(scope="module")
def people(blocking_app: Blocking) -> tuple[UUID, dict[str, dict[str, Any]]]:
    """An organization with those people."""
    organization_id = blocking_app.run(factories.organization(blocking_app.app))
    known = {}
    for person in PEOPLE:
        whole = ABSENT | person
        given_values = {key: value for key, value in whole.items() if key != "active"}
        command = ProvisionMember(organization_id, MemberAttributes.of(**given_values))
        made = blocking_app.run(blocking_app.app.execute(command, SYSTEM)).value
        if not whole["active"]:
            revoke = RevokeMember(organization_id, made.id)
            blocking_app.run(blocking_app.app.execute(revoke, SYSTEM))
        known[whole["user_name"]] = whole
    return organization_id, known


@settings(
    max_examples=how_many(120),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(condition=CONDITIONS)
def test_conditions_mean_the_same(
    blocking_app: Blocking,
    people: tuple[UUID, dict[str, dict[str, Any]]],
    condition: Condition,
) -> None:
    organization_id, known = people
    reader = Reader(blocking_app.app.pool)

    rows = blocking_app.run(list_members(reader, organization_id, condition, limit=100))
    count = blocking_app.run(count_members(reader, organization_id, condition))

    assert [row.user_name for row in rows] == [
        name for name, person in known.items() if holds(condition, person)
    ]
    assert count == len(rows)


async def test_everything_nothing_and_several(app: Application, organization_id: UUID) -> None:
    people = await factories.members(app, organization_id, 3)
    reader = Reader(app.pool)

    async def ids(condition: Condition) -> list[UUID]:
        return [row.id for row in await list_members(reader, organization_id, condition, limit=9)]

    assert await ids(EVERYTHING) == people
    assert await ids(NOTHING) == []
    assert await ids(OneOf(Column("id"), (people[2], new_id(), people[0]))) == [
        people[0],
        people[2],
    ]
    assert await ids(OneOf(Column("id"), ())) == []
    assert await ids(OneOf(Column("stage"), ("INVITED", "STAGED"))) == people
    assert await ids(Compare(Column("id"), Op.EQ, str(people[1]))) == [people[1]]
    assert await ids(Compare(Column("id"), Op.NE, people[1])) == [people[0], people[2]]
    assert await ids(Compare(Column("id"), Op.EQ, "no id")) == []
    assert await ids(Compare(Column("version"), Op.GE, 2)) == []


async def test_one_of_several_names(app: Application, organization_id: UUID) -> None:
    await factories.member(app, organization_id, name="ann")
    await factories.member(app, organization_id, name="bob")
    condition = OneOf(Column("user_name"), ("ANN", "nobody"))

    rows = await list_members(Reader(app.pool), organization_id, condition, limit=9)

    assert [row.user_name for row in rows] == ["ann"]


async def test_links(app: Application, organization_id: UUID) -> None:
    one, two, three = await factories.members(app, organization_id, 3)
    group_id = await factories.group(app, organization_id, frozenset({one, two}))
    await factories.group(app, organization_id)
    reader = Reader(app.pool)

    async def ids(condition: Condition) -> list[UUID]:
        return [row.id for row in await list_members(reader, organization_id, condition, limit=9)]

    assert await ids(Linked(group_id)) == [one, two]
    assert await ids(Linked(None)) == [one, two]
    assert await ids(Negated(Linked(None))) == [three]
    assert await ids(Linked(new_id())) == []
    assert await count_groups(reader, organization_id, Linked(one)) == 1
    assert await count_groups(reader, organization_id, Linked(three)) == 0
    assert await count_groups(reader, organization_id, Negated(Linked(None))) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "9999-99-99T99:99:99", ""),
        *("1900-02-29T00:00:00Z", "2024-04-31T00:00:00Z", "2024-01-01T24:00:00Z", "soon"),
        *("2024-01-01T00:00:00 or so", "2024-01-01T00:00:00+99:00", "2024-00-01T00:00:00Z"),
        *("0000-01-01T00:00:00Z", "2024-02-30T00:00Z", "2024-01-01"),
    ],
)
async def test_a_stored_text_that_is_no_instant_equals_none(
    app: Application, organization_id: UUID, text: str
) -> None:
    await factories.member(app, organization_id, profile={"when": text})
    condition = Compare(
        ProfileValue(("when",), Kind.INSTANT), Op.GT, datetime(2020, 1, 1, tzinfo=UTC)
    )

    assert await count_members(Reader(app.pool), organization_id, condition) == 0


@pytest.mark.parametrize(
    ("text", "later"),
    [
        *(("2024-02-29T00:00:00Z", False), ("2000-02-29T23:59:59.999999Z", False)),
        *(("2025-01-01T00:00:00+00:01", False), ("2025-01-01T00:00:00.1+00:00", True)),
        ("2025-01-01T05:00:00.123456789+04:30", True),
    ],
)
async def test_a_stored_instant(
    app: Application, organization_id: UUID, text: str, later: bool
) -> None:
    await factories.member(app, organization_id, profile={"when": text})
    start = datetime(2025, 1, 1, tzinfo=UTC)

    for op, found in ((Op.GT, later), (Op.LE, not later), (Op.PRESENT, True)):
        condition = Compare(ProfileValue(("when",), Kind.INSTANT), op, start)
        assert await count_members(Reader(app.pool), organization_id, condition) == found


async def test_pages(app: Application, organization_id: UUID) -> None:
    people = await factories.members(app, organization_id, 5)
    reader = Reader(app.pool)

    async def page(offset: int, *, backwards: bool = False) -> list[UUID]:
        rows = await list_members(
            reader, organization_id, offset=offset, limit=2, backwards=backwards
        )
        return [row.id for row in rows]

    assert await page(0) == people[:2]
    assert await page(4) == people[4:]
    assert await page(0, backwards=True) == people[3:]
    assert await page(3, backwards=True) == people[:2]
