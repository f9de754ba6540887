"""Filtered pages: found in bounded time whatever the filter meets, and the same as by reading all.

One organization of 30,000 members, 120,000 events and as many requests beside a smaller one. A page
looks at the rows of a walk, or at those that the filter meets; never at all there are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import pytest

from bench.crowd import Size, fill, settle
from domain.application import Application
from domain.ids import UUID
from domain.queries import audit, member_pages, provisioning_requests
from domain.queries.group_pages import GroupFilter, page_groups
from domain.queries.member_pages import MEMBER_LIST, MemberFilter
from domain.queries.paging import Page, Position, Window
from domain.queries.provisioning_requests import (
    LOOKED_THROUGH,
)
from domain.queries.reader import Reader
from domain.queries.walks import Walk
from tests.domain.queries.filtered_lists import DEEP, LOGS, LOOKED_FOR, MEMBERS, List, members
from tests.domain.queries.test_page_plans import Noting
from tests.domain.test_plans import explained
from tests.support import factories
from tests.support.database import DatabaseFactory, TestDatabase

SIZE = Size(members=30_000, groups=1_000, events=120_000, requests=120_000, held=100)
WALKED_MEMBERS, WALKED_LOG = 2_000, 5_000
A_FEW = 1_300
"""More than the rarer filters below meet."""


@dataclass(frozen=True, slots=True)
class Crowd:
    app: Application
    organization_id: UUID


@pytest.fixture(scope="module")
def database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database of its own: what is invented here no sealer could seal on."""
    return database_factory.clone(f"filtered_{worker_id}", row_security=False)


@pytest.fixture(scope="module")
async def crowd(database: TestDatabase) -> AsyncIterator[Crowd]:
    app = await factories.application(database.server_url)
    owner = await asyncpg.connect(database.owner_url)
    try:
        organization_id = await factories.organization(app)
        await fill(owner, organization_id, SIZE)
        await fill(owner, await factories.organization(app), SIZE.part(0.1))
        await settle(owner)
        yield Crowd(app, organization_id)
    finally:
        await owner.close()
        await app.pool.close()


async def _touched(crowd: Crowd, page: List, deep: Position) -> dict[str, int]:
    """Most rows that one step of a statement looks at, by window; none scans a table."""
    found: dict[str, int] = {}
    for which, window in {
        "first": Window(100),
        "deep": Window(100, after=deep),
        "backwards": Window(100, before=deep, backwards=True),
        "last": Window(100, backwards=True),
    }.items():
        source = Noting(crowd.app.pool)
        await page(Reader(source), crowd.organization_id, window)
        for text, arguments in source.seen:
            for node in await explained(crowd.app, text, list(arguments)):
                assert node["Node Type"] != "Seq Scan", (which, text)
                rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                found[which] = max(found.get(which, 0), int(rows * node["Actual Loops"]))
    return found


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("order", DEEP)
async def test_members_are_found_without_reading_all(crowd: Crowd, name: str, order: str) -> None:
    touched = await _touched(crowd, members(order, **MEMBERS[name]), DEEP[order])

    assert max(touched.values()) <= WALKED_MEMBERS + 1, touched


@pytest.mark.parametrize("name", LOGS)
async def test_the_log_is_not_read_whole(crowd: Crowd, name: str) -> None:
    of_members = name.startswith("invitations")
    deep = (None, UUID("00000000-0000-7000-a000-000000002000") if of_members else 60_000)
    touched = await _touched(crowd, LOGS[name], deep)

    assert max(touched.values()) <= WALKED_LOG + 1, touched


@pytest.mark.parametrize("name", LOOKED_FOR)
async def test_what_no_index_finds_is_looked_for_so_far(crowd: Crowd, name: str) -> None:
    touched = await _touched(crowd, LOOKED_FOR[name], (None, 60_000))

    assert max(touched.values()) <= LOOKED_THROUGH + 1, touched


async def test_a_rare_name_is_found_in_the_index_of_names(crowd: Crowd) -> None:
    source = Noting(crowd.app.pool)
    page = await members("EMAIL", search="lea lunorpat")(
        Reader(source), crowd.organization_id, Window(100)
    )

    assert {row.display_name for row in page.rows} <= {"Lea Lunorpat"}
    _walk, gather = source.seen[:2]
    nodes = await explained(crowd.app, gather[0], list(gather[1]))
    (names,) = [node for node in nodes if node.get("Alias") == "names"]
    assert names["Node Type"] == "Index Only Scan"
    others = [node for node in nodes if node.get("Alias") != "names"]
    assert max(node["Actual Rows"] * node["Actual Loops"] for node in others) <= A_FEW


async def test_searched_groups_are_few_anyway(crowd: Crowd) -> None:
    page = await page_groups(
        Reader(crowd.app.pool), crowd.organization_id, Window(5), GroupFilter(search="tea lun")
    )

    assert [row.display_name[:8] for row in page.rows] == ["Team Lun"] * 5


SMALL = 7
"""Rows of a walk, by which most pages take both steps."""


async def _all_pages(
    page: List, reader: Reader, organization_id: UUID, most: int = 5
) -> list[list[UUID]]:
    """Ids of the first pages forwards, then of the last ones backwards."""
    found: list[list[UUID]] = []
    for backwards in (False, True):
        position: Position | None = None
        for _ in range(most):
            window = Window(
                11,
                after=None if backwards else position,
                before=position if backwards else None,
                backwards=backwards,
            )
            got = await page(reader, organization_id, window)
            found.append([row.id for row in got.rows])
            if not (got.has_previous if backwards else got.has_next):
                break
            position = got.positions[0 if backwards else -1]
    return found


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("order", [*DEEP, "ACCEPTED_AT"])
async def test_members_are_those_that_reading_all_finds(
    crowd: Crowd, name: str, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plain(reader: Reader, organization_id: UUID, window: Window) -> Awaitable[Page[Any]]:
        condition = MemberFilter(**MEMBERS[name]).condition()
        return MEMBER_LIST.page(
            reader, organization_id, window, condition, order=order, descending=True
        )

    reader = Reader(crowd.app.pool)
    expected = await _all_pages(plain, reader, crowd.organization_id)

    for rows in (SMALL, WALKED_MEMBERS):
        monkeypatch.setattr(member_pages, "_WALK", Walk(rows))
        wanted = members(order, **MEMBERS[name])
        assert await _all_pages(wanted, reader, crowd.organization_id) == expected


@pytest.mark.parametrize("name", [name for name in LOGS if not name.startswith("inv")])
async def test_the_log_is_the_same_by_every_way(
    crowd: Crowd, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, expected = Reader(crowd.app.pool), None
    for rows in (SMALL, SIZE.events + 1, 5_000):
        for module in (audit, provisioning_requests):
            monkeypatch.setattr(
                module, "Walk", lambda _, rows=rows, **given: replace(Walk(rows), **given)
            )
        found = await _all_pages(LOGS[name], reader, crowd.organization_id)
        expected = expected or found
        assert found == expected
