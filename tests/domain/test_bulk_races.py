"""Bulk operations under way: cancelled, by several workers, beside other changes."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest

from api import bulk_work
from api.bulk_work import BulkWork
from domain.application import Application
from domain.caller import Caller
from domain.commands import (
    CancelBulkOperation,
    CarryOutBulkItem,
)
from domain.ids import UUID
from domain.store import bulk_work as bulk_rounds
from domain.vocabulary import MemberAction
from tests.domain.bulk_work import Stepwise, failures, started, state
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.racing import race

pytestmark = pytest.mark.usefixtures("nothing_left_over", "one_at_a_time")

REVOKE = MemberAction.REVOKE


async def test_a_cancelled_operation_stops_after_the_member_at_hand(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    people = await factories.members(app, organization_id, 10)
    operation_id = await started(app, organization_id, REVOKE, 10)
    cancel = CancelBulkOperation(organization_id, operation_id)

    await Stepwise(app, organization_id, 4, lambda: app.execute(cancel, SYSTEM)).work_once()

    row = await state(looks, operation_id)
    assert (row["state"], row["changed"], row["unchanged"], row["failed"]) == ("CANCELLED", 4, 0, 0)
    assert row["settled_at"] is not None
    assert (await looks.actions()).count("member.revoked") == 4
    revoked = await looks.rows(
        "SELECT id FROM members WHERE organization_id = $1 AND revoked_at IS NOT NULL ORDER BY id"
    )
    assert [each["id"] for each in revoked] == people[:4]


async def test_several_workers_do_nobody_twice(
    app: Application, organization_id: UUID, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_work, "AT_ONCE", 4)
    monkeypatch.setattr(bulk_work, "TURN_S", 0.01)
    await factories.members(app, organization_id, 60)
    operation_id = await started(app, organization_id, MemberAction.REINVITE, 60)
    # Nobody keeps the operation to itself: the items alone keep them apart.
    monkeypatch.setattr(bulk_rounds, "LEASE", timedelta(0))

    async def go_on() -> None:
        worker = BulkWork(app)
        while (await state(looks, operation_id))["settled_at"] is None:
            await worker.work_once()

    await race([go_on() for _ in range(4)])

    row = await state(looks, operation_id)
    assert (row["state"], row["changed"], row["unchanged"], row["failed"]) == ("FINISHED", 60, 0, 0)
    assert (await looks.actions()).count("member.reinvited") == 60


async def test_an_operation_is_one_worker_s_at_a_time(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    await factories.members(app, organization_id, 3)
    operation_id = await started(app, organization_id, REVOKE, 3)
    other = BulkWork(app)

    await Stepwise(app, organization_id, 1, other.work_once).work_once()

    row = await state(looks, operation_id)
    assert (row["state"], row["changed"]) == ("FINISHED", 3)


async def test_what_a_dying_worker_did_not_write_down_is_counted_by_the_next(
    app: Application, organization_id: UUID, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_work, "TURN_S", 0.0001)
    await factories.members(app, organization_id, 5)
    operation_id = await started(app, organization_id, REVOKE, 5)

    async def die(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(bulk_work, "add_outcomes", die)
        with pytest.raises(asyncio.CancelledError):
            await BulkWork(app).work_once()
    assert (await looks.actions()).count("member.revoked") == 1
    assert (await state(looks, operation_id))["changed"] == 0
    await BulkWork(app).work_once()
    assert (await state(looks, operation_id))["state"] == "RUNNING"  # the other one's, as yet
    await app.pool.execute("UPDATE bulk_operations SET leased_until = now()")

    seen: list[int] = []

    async def note() -> None:
        seen.append((await state(looks, operation_id))["changed"])

    await Stepwise(app, organization_id, 1, note).work_once()

    assert seen == [1]
    assert (await state(looks, operation_id))["changed"] == 5
    assert (await looks.actions()).count("member.revoked") == 5


async def test_the_item_at_hand_of_a_dying_worker_is_done_by_the_next(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    """Its transaction ends with it: neither the change nor the mark stays."""
    (member_id,) = await factories.members(app, organization_id, 1)
    operation_id = await started(app, organization_id, REVOKE, 1)
    await app.pool.execute("UPDATE bulk_operations SET state = 'RUNNING'")
    command = CarryOutBulkItem(organization_id, operation_id, member_id)
    lock = "SELECT 1 FROM bulk_operation_items WHERE operation_id = $1 FOR UPDATE"

    async with app.pool.acquire() as dying:
        transaction = dying.transaction()
        await transaction.start()
        await dying.fetch(lock, operation_id)
        left = await app.execute(command, SYSTEM)
        await BulkWork(app).work_once()
        assert (await state(looks, operation_id))["state"] == "RUNNING"
        await transaction.rollback()
    done, again = await app.execute(command, SYSTEM), await app.execute(command, SYSTEM)

    assert (left.value, done.value, again.value) == (None, "CHANGED", None)
    assert (await looks.actions()).count("member.revoked") == 1


async def test_what_fails_unexpectedly_keeps_no_other_waiting(
    app: Application,
    organization_id: UUID,
    looks: Looks,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    people = await factories.members(app, organization_id, 3)
    operation_id = await started(app, organization_id, REVOKE, 3)
    execute = app.execute

    async def fail(command: Any, caller: Caller) -> Any:
        if isinstance(command, CarryOutBulkItem) and command.member_id == people[0]:
            raise RuntimeError("secret")
        return await execute(command, caller)

    monkeypatch.setattr(app, "execute", fail)
    with caplog.at_level(logging.ERROR):
        await BulkWork(app).work_once()

    row = await state(looks, operation_id)
    assert (row["state"], row["changed"], row["failed"]) == ("FINISHED", 2, 1)
    assert await failures(looks) == {people[0]: "INTERNAL"}
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


async def test_an_operation_waits_for_the_one_before(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    """Revoked first and restored then, whoever works: everyone has access at the end."""
    await factories.members(app, organization_id, 8)
    ids = [
        await started(app, organization_id, action, 8) for action in (REVOKE, MemberAction.RESTORE)
    ]

    await race([BulkWork(app).work_once() for _ in range(3)])
    async with asyncio.timeout(20):
        # Whoever has taken it keeps it for as long as a lease lasts.
        while (await state(looks, ids[-1]))["settled_at"] is None:
            await BulkWork(app).work_once()

    rows = [dict(await state(looks, id_)) for id_ in ids]
    assert [row["changed"] for row in rows] == [8, 8], rows
    assert (
        await looks.rows(
            "SELECT 1 FROM members WHERE organization_id = $1 AND revoked_at IS NOT NULL"
        )
        == []
    )


async def test_organizations_take_turns(
    app: Application, organization_id: UUID, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One with few members does not wait for one with many."""
    monkeypatch.setattr(bulk_work, "TURN_S", 0.0001)
    await factories.members(app, organization_id, 30)
    small = await factories.organization(app)
    await factories.members(app, small, 2)
    many = await started(app, organization_id, REVOKE, 30)
    few = await started(app, small, REVOKE, 2)
    told: list[UUID] = []
    progress: list[tuple[str, str]] = []
    here = Looks(app.pool, small)

    class Noting(BulkWork):
        async def _turn(self, owner: UUID) -> bool:
            worked = await super()._turn(owner)
            progress.append(
                ((await state(looks, many))["state"], (await state(here, few))["state"])
            )
            return worked

    await Noting(app, told.append).work_once()

    assert ("RUNNING", "FINISHED") in progress
    assert progress[-1] == ("FINISHED", "FINISHED")
    assert {organization_id, small} <= set(told)
    assert told.count(organization_id) > 10


async def test_a_worker_that_is_stopped_leaves_the_rest_to_others_at_once(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    await factories.members(app, organization_id, 5)
    operation_id = await started(app, organization_id, REVOKE, 5)
    stopping: Stepwise

    async def stop() -> None:
        stopping.stop()

    stopping = Stepwise(app, organization_id, 2, stop)
    await stopping.work_once()

    row = await state(looks, operation_id)
    assert (row["state"], row["changed"]) == ("RUNNING", 2)
    await BulkWork(app).work_once()
    row = await state(looks, operation_id)
    assert (row["state"], row["changed"]) == ("FINISHED", 5)
    assert (await looks.actions()).count("member.revoked") == 5
