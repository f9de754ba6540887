"""Bulk operations of large crowds: by index, and without their members in memory."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta
from typing import Any

import orjson
import pytest

from api.bulk_work import BulkWork
from domain.application import Application
from domain.clock import utc_now
from domain.commands import CancelBulkOperation, StartBulkOperation
from domain.ids import UUID
from domain.queries.bulk_operations import BULK_OPERATION_LIST, page_bulk_failures
from domain.queries.member_pages import EVERYONE
from domain.queries.paging import Window
from domain.queries.reader import Reader
from domain.store import bulk_retention, bulk_work
from domain.store.bulk_retention import remove_old_items
from domain.vocabulary import MemberAction
from tests.support.bulk import crowd
from tests.support.counting import counting
from tests.support.factories import SYSTEM, Looks

pytestmark = pytest.mark.usefixtures("nothing_left_over")

MANY = 100_000
_FAILURES = (
    "SELECT member_id FROM bulk_operation_items WHERE organization_id = $1 AND operation_id = $2"
    " AND outcome = 'FAILED' ORDER BY member_id LIMIT 26"
)
_ITEMS = "SELECT outcome, count(*) FROM bulk_operation_items WHERE organization_id = $1 GROUP BY 1"


async def started(app: Application, organization_id: UUID, action: str, count: int) -> UUID:
    command = StartBulkOperation(organization_id, MemberAction(action), EVERYONE, count)
    return (await app.execute(command, SYSTEM)).value.id


async def nodes_of(app: Application, text: str, *arguments: Any) -> list[dict[str, Any]]:
    """The plan of a statement, as it runs for the server."""
    found = await app.pool.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", *arguments)
    plan = orjson.loads(found)[0]["Plan"] if isinstance(found, str) else found[0]["Plan"]

    def walk(node: dict[str, Any]) -> list[dict[str, Any]]:
        return [node, *(each for child in node.get("Plans", ()) for each in walk(child))]

    return walk(plan)


async def test_a_hundred_thousand_start_in_a_few_statements(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    # given an organization of 100,000
    await crowd(app, organization_id, MANY)
    counted, pool = counting(app)

    # when all are to be revoked
    tracemalloc.start()
    command = StartBulkOperation(organization_id, MemberAction.REVOKE, EVERYONE, MANY)
    made = await counted.execute(command, SYSTEM)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # then their number costs neither statements nor memory
    assert len(pool.statements) <= 8
    assert peak < 1_000_000
    assert [tuple(row) for row in await looks.rows(_ITEMS)] == [(None, MANY)]

    # and what the worker asks for is found by index
    for text, arguments in (
        (bulk_work._NEXT, (organization_id, made.value.id, UUID(int=0))),
        (
            _FAILURES,
            (organization_id, made.value.id),
        ),
    ):
        for node in await nodes_of(app, text, *arguments):
            if node.get("Parent Relationship") == "InitPlan":
                continue  # what row-level security was told, looked up once
            assert node["Node Type"] in {"Limit", "Index Only Scan", "Index Scan"}
            assert node["Actual Rows"] <= bulk_work.BATCH
    # Nobody is to do it.
    await app.execute(CancelBulkOperation(organization_id, made.value.id), SYSTEM)
    await BulkWork(app).work_once()


async def test_five_thousand_are_done(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    await crowd(app, organization_id, 5_000)
    operation_id = await started(app, organization_id, "REVOKE", 5_000)

    await BulkWork(app).work_once()

    assert [tuple(row) for row in await looks.rows(_ITEMS)] == [("CHANGED", 5_000)]
    found = await BULK_OPERATION_LIST.one(Reader(app.pool), organization_id, operation_id)
    assert found is not None
    assert (found.state, found.changed) == ("FINISHED", 5_000)
    assert (await looks.actions()).count("member.revoked") == 5_000


async def test_members_of_old_operations_are_forgotten(
    app: Application, organization_id: UUID, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_retention, "REST_S", 0)
    await crowd(app, organization_id, 7, "STAGED")
    old = await started(app, organization_id, "REINVITE", 7)
    recent = await started(app, organization_id, "REINVITE", 7)
    await BulkWork(app).work_once()
    open_one = await started(app, organization_id, "REINVITE", 7)
    month = timedelta(days=30)
    moved = "UPDATE bulk_operations SET settled_at = settled_at - $2::interval WHERE id = $1"
    await app.pool.execute(moved, old, month)

    removed = await remove_old_items(app.pool, utc_now() - month)
    again = await remove_old_items(app.pool, utc_now() - month)

    assert removed >= 7
    assert again == 0
    left = await looks.rows(
        "SELECT operation_id, count(*) FROM bulk_operation_items WHERE organization_id = $1"
        " GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in left] == [(recent, 7), (open_one, 7)]
    reader = Reader(app.pool)
    row = await BULK_OPERATION_LIST.one(reader, organization_id, old)
    assert row is not None
    assert (row.state, row.failed) == ("FINISHED", 7)
    assert (await page_bulk_failures(reader, row, Window(10))).rows == []
