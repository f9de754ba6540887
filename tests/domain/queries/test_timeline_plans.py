"""Of a large log, a page of a timeline and a window of activity are read by index alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from domain.application import Application
from domain.ids import UUID
from domain.queries.paging import Window
from domain.queries.reader import Reader
from domain.queries.scim_connections import activity
from domain.queries.timeline import TIMELINE
from tests.domain.queries.test_page_plans import Noting
from tests.domain.test_plans import explained
from tests.support import factories
from tests.support.database import DatabaseFactory, TestDatabase

MANY = 30_000
START = datetime(2026, 1, 1, tzinfo=UTC)
MEMBER = UUID("00000000-0000-7000-8000-000000000001")
TOUCHED = 330

# Every second event is the member's. Of its requests a third each changed something, read, and
# changed nothing.
_EVENTS = (
    "INSERT INTO audit_events (organization_id, id, recorded_at, action, origin, actor_kind,"
    " actor_label, subject_kind, subject_id, subject_label, changes, correlation_id, request_id,"
    " position, occurred_at, previous_hash, hash)"
    " SELECT $1, gen_random_uuid(), now(), 'member.updated', 'SCIM', 'SYSTEM_PROCESS', 'x',"
    " 'MEMBER', CASE WHEN n % 2 = 0 THEN $4::uuid ELSE gen_random_uuid() END, 'y', '[]',"
    " gen_random_uuid(), gen_random_uuid(), n, $3::timestamptz + n * interval '1 minute', '', ''"
    " FROM generate_series(1, $2::int) AS numbers (n)"
)
_REQUESTS = (
    "INSERT INTO provisioning_requests (organization_id, id, position, received_at, duration_ms,"
    " method, path, operation, subject_kind, subject_id, status_code, outcome, correlation_id)"
    " SELECT $1, gen_random_uuid(), n, $3::timestamptz + n * interval '1 minute', 1, 'PUT', '/',"
    " CASE WHEN n % 3 = 1 THEN 'READ' ELSE 'REPLACE' END, 'MEMBER', $4::uuid, 200,"
    " CASE WHEN n % 3 = 2 THEN 'APPLIED' ELSE 'UNCHANGED' END, gen_random_uuid()"
    " FROM generate_series(1, $2::int) AS numbers (n)"
)


@dataclass(frozen=True, slots=True)
class Busy:
    app: Application
    organization_id: UUID


@pytest.fixture(scope="module")
def database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database of its own: what is invented here no sealer could seal on."""
    return database_factory.clone(f"timeline_plans_{worker_id}", row_security=False)


@pytest.fixture(scope="module")
async def busy(database: TestDatabase) -> AsyncIterator[Busy]:
    app = await factories.application(database.server_url)
    organization_id = await factories.organization(app)
    owner = await asyncpg.connect(database.owner_url)
    try:
        for insert in (_EVENTS, _REQUESTS):
            await owner.execute(insert, organization_id, MANY, START, MEMBER)
        await owner.execute("ANALYZE audit_events, provisioning_requests")
        yield Busy(app, organization_id)
    finally:
        await owner.close()
        await app.pool.close()


DEEP = (START + timedelta(minutes=MANY // 2), MANY)
WINDOWS = {
    "first": Window(100),
    "deep": Window(100, after=DEEP),
    "deep, backwards": Window(100, before=DEEP, backwards=True),
    "last": Window(100, backwards=True),
}


@pytest.mark.parametrize("which", WINDOWS)
async def test_a_page_looks_at_little_more_than_itself(busy: Busy, which: str) -> None:
    source = Noting(busy.app.pool)
    page = await TIMELINE.page(
        Reader(source), busy.organization_id, WINDOWS[which], parent_id=MEMBER
    )

    assert len(page.rows) == 100
    assert len({type(row) for row in page.rows}) == 2
    ((text, arguments),) = source.seen
    found = await explained(busy.app, text, list(arguments))
    kinds = [node["Node Type"] for node in found]
    seen = max(
        node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
        for node in found
    )
    assert seen <= TOUCHED, kinds
    assert "Seq Scan" not in kinds
    indexes = {node["Index Name"] for node in found if "Index Name" in node}
    assert "provisioning_requests_unapplied_idx" in indexes
    assert "audit_events_subject_idx" in indexes


async def test_activity_looks_at_its_window_alone(busy: Busy) -> None:
    source = Noting(busy.app.pool)
    begins = START + timedelta(days=10)
    found = await activity(Reader(source), busy.organization_id, begins, begins + timedelta(days=1))

    assert [bucket.applied + bucket.unchanged for bucket in found] == [60] * 24
    ((text, arguments),) = source.seen
    plan = await explained(busy.app, text, list(arguments))
    scans = [node for node in plan if node["Node Type"].endswith("Scan")]
    assert sum(node["Actual Rows"] for node in scans if "Index Name" not in node) <= 1440
    assert {node["Index Name"] for node in scans if "Index Name" in node} == {
        "provisioning_requests_received_idx"
    }
