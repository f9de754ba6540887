"""First, deep and last pages find their rows by index, with the server's plans, in a large log.

An organization of 60,000 members and 80,000 events: a page may look at a few hundred rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.application import Application
from domain.ids import UUID
from domain.queries.audit import AuditEventFilter, page_events
from domain.queries.group_pages import page_groups
from domain.queries.member_pages import (
    GROUP_MEMBER_LIST,
    MemberFilter,
    page_members,
)
from domain.queries.paging import Page, Position, Window
from domain.queries.pending import PendingFilter, page_pending
from domain.queries.provisioning_requests import page_requests
from domain.queries.ranges import Instants
from domain.queries.reader import Reader
from domain.vocabulary import MemberStatus
from tests.domain.test_plans import explained
from tests.support import factories
from tests.support.database import DatabaseFactory, TestDatabase

MANY = 60_000
EVENTS = 80_000
TOUCHED = 330
"""Three rows for each of a page of 100, where a scan touches tens of thousands."""
START = datetime(2026, 1, 1, tzinfo=UTC)

_MEMBERS = (
    "INSERT INTO members (organization_id, id, user_name, user_name_key, email, email_key,"
    " display_name, display_name_key, profile, stage, revoked_at, source, accepted_at, created_at,"
    " updated_at, wrapped_key_version, version)"
    " SELECT $1, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user' || n,"
    " 'user' || n, n || '@x.org', n || '@x.org', 'Person ' || n, 'person ' || n, '{}',"
    " CASE n % 100 WHEN 0 THEN 'ACCEPTED' WHEN 1 THEN 'STAGED' ELSE 'CONFIRMED' END,"
    " CASE WHEN n % 200 = 3 THEN now() END, 'SCIM',"
    " CASE WHEN n % 100 <> 1 THEN"
    " $3::timestamptz + (n::bigint * 7919 % $2) * interval '1 second' END,"
    " now(), $3::timestamptz + (n::bigint * 104729 % $2) * interval '1 second', n % 5, 1"
    " FROM generate_series(1, $2::int) AS numbers (n)"
)
_GROUP = UUID("00000000-0000-7000-9000-000000000001")
_GROUPS = (
    "INSERT INTO groups (organization_id, id, display_name, display_name_key, source, created_at,"
    " updated_at, version) SELECT $1,"
    " ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Group ' || n, 'group ' || n,"
    " 'SCIM', now(), now(), 1 FROM generate_series(1, 5000) AS numbers (n)"
)
_IN_GROUP = (
    "INSERT INTO group_members (organization_id, group_id, member_id)"
    f" SELECT $1, '{_GROUP}', id FROM members WHERE organization_id = $1"
    " AND right(id::text, 2) = '00'"
)
_EVENTS = (
    "INSERT INTO audit_events (organization_id, id, recorded_at, action, origin, actor_kind,"
    " actor_label, subject_kind, subject_id, subject_label, changes, correlation_id, request_id,"
    " position, occurred_at, previous_hash, hash)"
    " SELECT $1, gen_random_uuid(), now(), CASE WHEN n % 500 = 0 THEN 'member.revoked' ELSE"
    " 'member.updated' END, 'SCIM', 'SYSTEM_PROCESS', 'x', 'MEMBER',"
    " ('00000000-0000-7000-8000-' || lpad(to_hex(n % 5000), 12, '0'))::uuid, 'y', '[]',"
    " gen_random_uuid(), gen_random_uuid(), n, $3::timestamptz + n * interval '1 minute', '', ''"
    " FROM generate_series(1, $2::int) AS numbers (n)"
)
_REQUESTS = (
    "INSERT INTO provisioning_requests (organization_id, id, position, received_at, duration_ms,"
    " method, path, operation, status_code, outcome, correlation_id)"
    " SELECT $1, gen_random_uuid(), n, $3::timestamptz + n * interval '1 minute', 1, 'GET', '/',"
    " 'READ', 200, CASE WHEN n % 1000 = 0 THEN 'FAILED' ELSE 'UNCHANGED' END, gen_random_uuid()"
    " FROM generate_series(1, $2::int) AS numbers (n)"
)


class Noting:
    """A source of reads that notes what it is asked."""

    def __init__(self, pool: Any) -> None:
        self.pool = pool
        self.seen: list[tuple[str, tuple[Any, ...]]] = []

    async def fetch(self, text: str, *arguments: Any) -> Any:
        self.seen.append((text, arguments))
        return await self.pool.fetch(text, *arguments)


@dataclass(frozen=True, slots=True)
class Crowd:
    app: Application
    organization_id: UUID


@pytest.fixture(scope="module")
def database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database of its own: what is invented here no sealer could seal on."""
    return database_factory.clone(f"page_plans_{worker_id}", row_security=False)


@pytest.fixture(scope="module")
async def crowd(database: TestDatabase) -> AsyncIterator[Crowd]:
    app = await factories.application(database.server_url)
    organization_id = await factories.organization(app)
    owner = await asyncpg.connect(database.owner_url)
    try:
        await owner.execute(_MEMBERS, organization_id, MANY, START)
        await owner.execute(_GROUPS, organization_id)
        await owner.execute(_IN_GROUP, organization_id)
        await owner.execute(_EVENTS, organization_id, EVENTS, START)
        await owner.execute(_REQUESTS, organization_id, EVENTS, START)
        await owner.execute(
            "ANALYZE members, groups, group_members, audit_events, provisioning_requests"
        )
        yield Crowd(app, organization_id)
    finally:
        await owner.close()
        await app.pool.close()


List = Callable[[Reader, UUID, Window], Awaitable[Page[Any]]]


def members(order: str, *, descending: bool = False, **wanted: Any) -> List:
    def page(reader: Reader, organization_id: UUID, window: Window) -> Awaitable[Page[Any]]:
        return page_members(
            reader,
            organization_id,
            window,
            MemberFilter(**wanted),
            order=order,
            descending=descending,
        )

    return page


def groups(order: str) -> List:
    return lambda reader, organization_id, window: page_groups(
        reader, organization_id, window, order=order
    )


def events(**wanted: Any) -> List:
    return lambda reader, organization_id, window: page_events(
        reader, organization_id, window, AuditEventFilter(**wanted)
    )


def pending(**wanted: Any) -> List:
    return lambda reader, organization_id, window: page_pending(
        reader, organization_id, window, PendingFilter(key_version=3, **wanted)
    )


DEEP_MEMBER = UUID("00000000-0000-7000-8000-00000000a000")
SUBJECT = UUID("00000000-0000-7000-8000-000000000123")
LISTS: dict[str, tuple[List, Position]] = {
    "members": (members("CREATED_AT"), (None, DEEP_MEMBER)),
    "members, newest": (members("CREATED_AT", descending=True), (None, DEEP_MEMBER)),
    "members by update": (
        members("UPDATED_AT"),
        (START + timedelta(seconds=30_000), DEEP_MEMBER),
    ),
    "members by e-mail": (members("EMAIL"), ("4", DEEP_MEMBER)),
    "members by acceptance": (
        members("ACCEPTED_AT"),
        (START + timedelta(seconds=30_000), DEEP_MEMBER),
    ),
    "members of a status": (
        members("CREATED_AT", statuses=(MemberStatus.STAGED,)),
        (None, DEEP_MEMBER),
    ),
    "members of a group": (members("CREATED_AT", group_id=_GROUP), (None, DEEP_MEMBER)),
    "pending": (pending(), (START + timedelta(seconds=30_000), DEEP_MEMBER)),
    "pending, among those to wrap for": (pending(), (1, DEEP_MEMBER)),
    "to wrap for": (pending(accepted=False), (2, DEEP_MEMBER)),
    "to wrap for, by name": (
        pending(accepted=False, of_members=MemberFilter(search="Person")),
        (2, DEEP_MEMBER),
    ),
    "groups by name": (groups("DISPLAY_NAME"), ("group 3", _GROUP)),
    "groups by update": (groups("UPDATED_AT"), (START, _GROUP)),
    "events": (events(), (None, EVENTS // 2)),
    "events of a subject": (events(subject_id=SUBJECT), (None, EVENTS // 2)),
    "events of an action": (events(actions=("member.revoked",)), (None, EVENTS // 2)),
    "events of a time": (
        events(
            occurred_at=Instants(
                START + timedelta(minutes=30_000), START + timedelta(minutes=40_000)
            )
        ),
        (None, 35_000),
    ),
    "requests": (page_requests, (None, EVENTS // 2)),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_is_found_by_index(crowd: Crowd, name: str) -> None:
    page, deep = LISTS[name]
    windows = {
        "first": Window(100),
        "deep": Window(100, after=deep),
        "backwards": Window(100, before=deep, backwards=True),
        "last": Window(100, backwards=True),
    }

    if name == "members by acceptance":
        # The last page is of members without the key, who have no index of their own.
        del windows["last"]

    for which, window in windows.items():
        source = Noting(crowd.app.pool)
        await page(Reader(source), crowd.organization_id, window)
        for text, arguments in source.seen:
            found = await explained(crowd.app, text, list(arguments))
            touched = max(
                node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
                for node in found
            )
            kinds = [node["Node Type"] for node in found]
            assert touched <= TOUCHED, (which, touched, kinds, text)
            assert "Seq Scan" not in kinds, (which, kinds)


async def test_members_of_a_small_group_are_not_looked_for_among_all(crowd: Crowd) -> None:
    source = Noting(crowd.app.pool)
    pages = await GROUP_MEMBER_LIST.first_pages(
        Reader(source),
        crowd.organization_id,
        [_GROUP, DEEP_MEMBER],
        limit=25,
        order="CREATED_AT",
    )

    assert [len(page.rows) for page in pages.values()] == [25, 0]
    ((text, arguments),) = source.seen
    found = await explained(crowd.app, text, list(arguments))
    assert max(node["Actual Rows"] * node["Actual Loops"] for node in found) <= TOUCHED
