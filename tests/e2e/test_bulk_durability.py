"""kill -9 of a server in the middle of a bulk operation: all of it happens, and once."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from domain.commands import StartBulkOperation
from domain.ids import UUID
from domain.queries.member_pages import EVERYONE
from domain.vocabulary import MemberAction
from tests.support import factories
from tests.support.blocking import blocking
from tests.support.bulk import crowd
from tests.support.database import DatabaseFactory
from tests.support.factories import Looks
from tests.support.house import await_that
from tests.support.server import running_server

pytestmark = pytest.mark.faults

CROWD = 600
_STATE = (
    "SELECT state, changed, unchanged, failed, settled_at FROM bulk_operations"
    " WHERE organization_id = $1"
)
_PER_MEMBER = (
    "SELECT count(*) FROM audit_events WHERE organization_id = $1 AND action = 'member.revoked'"
    " GROUP BY subject_id"
)


async def _started(app: Any) -> UUID:
    """An organization with a crowd to revoke, which nobody has begun with."""
    organization_id = await factories.organization(app)
    await crowd(app, organization_id, CROWD)
    command = StartBulkOperation(organization_id, MemberAction.REVOKE, EVERYONE, CROWD)
    await app.execute(command, factories.SYSTEM)
    return organization_id


@pytest.mark.parametrize("workers", [1, 2])
def test_everyone_is_done_once_whoever_is_killed(
    database_factory: DatabaseFactory, worker_id: str, workers: int
) -> None:
    database = database_factory.clone(f"e2e_bulk_killed_{workers}_{worker_id}")
    with blocking(database.owner_url) as runner:
        # given a bulk operation, started while no server runs
        organization_id = runner.run(_started(runner.app))
        looks = Looks(runner.app.pool, organization_id)

        def revoked() -> list[int]:
            return [row[0] for row in runner.run(looks.rows(_PER_MEMBER))]

        def operation() -> Any:
            return runner.run(looks.rows(_STATE))[0]

        # when a server begins with it and is killed in the middle
        with running_server(database=database, workers=workers) as server:
            await_that(lambda: len(revoked()) > 0, "the work has begun")
            for pid in [server.process.pid, *server.worker_pids()]:
                os.kill(pid, signal.SIGKILL)
            server.process.wait(10)
        sofar = len(revoked())
        assert 0 < sofar < CROWD
        assert operation()["state"] == "RUNNING"

        # then the next one does the rest, and nobody twice
        with running_server(database=database, workers=workers):
            await_that(lambda: operation()["settled_at"] is not None, "all is done")
        assert revoked() == [1] * CROWD
        found = operation()
        assert found["state"] == "FINISHED"
        assert (found["changed"], found["unchanged"], found["failed"]) == (CROWD, 0, 0)
        members = "SELECT 1 FROM members WHERE organization_id = $1 AND revoked_at IS NULL"
        assert runner.run(looks.rows(members)) == []
        ended = runner.run(looks.actions()).count("bulk_operation.finished")
        assert ended == 1


def test_two_processes_share_what_there_is(
    database_factory: DatabaseFactory, worker_id: str
) -> None:
    """Two servers on one database: several operations, each member done once."""
    database = database_factory.clone(f"e2e_bulk_shared_{worker_id}")
    with blocking(database.owner_url) as runner:
        owners = [runner.run(_started(runner.app)) for _ in range(3)]
        all_looks = [Looks(runner.app.pool, owner) for owner in owners]

        def settled() -> bool:
            rows = [runner.run(looks.rows(_STATE))[0] for looks in all_looks]
            return all(row["settled_at"] is not None for row in rows)

        with running_server(database=database), running_server(database=database):
            await_that(settled, "all is done")

        for looks in all_looks:
            assert [row[0] for row in runner.run(looks.rows(_PER_MEMBER))] == [1] * CROWD
            row = runner.run(looks.rows(_STATE))[0]
            assert (row["state"], row["changed"]) == ("FINISHED", CROWD)
