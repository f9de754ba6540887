"""kill -9 of a server that carries out what was released: all of it happens, and once."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from domain.commands import ResolveDeprovisionGuard
from domain.errors import DeprovisionHeld
from domain.vocabulary import GuardResolution
from tests.support import factories
from tests.support.blocking import blocking
from tests.support.database import DatabaseFactory
from tests.support.guard import Watched, watched
from tests.support.house import await_that
from tests.support.racing import race
from tests.support.server import running_server

pytestmark = pytest.mark.faults

CROWD = 150


async def _released(app: Any) -> Watched:
    """An organization where much is released and nobody carries it out."""
    acme = await watched(app, max_members=0)
    people = await acme.people(CROWD)
    held = await race([acme.remove(id_) for id_ in people])
    assert {type(error) for error in held.refused} == {DeprovisionHeld}
    assert len(held.refused) == CROWD
    release = ResolveDeprovisionGuard(acme.organization_id, GuardResolution.RELEASE)
    assert (await app.execute(release, factories.SYSTEM)).value == CROWD
    return acme


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_released_happens_once_whoever_is_killed(
    database_factory: DatabaseFactory, worker_id: str, workers: int
) -> None:
    database = database_factory.clone(f"e2e_guard_killed_{workers}_{worker_id}")
    with blocking(database.owner_url) as runner:
        # given much to carry out, released while no server runs
        acme = runner.run(_released(runner.app))

        def removals() -> int:
            return runner.run(acme.looks.actions()).count("member.removed")

        # when a server begins with it and is killed in the middle
        with running_server(database=database, workers=workers) as server:
            await_that(lambda: removals() > 0, "the work has begun")
            for pid in [server.process.pid, *server.worker_pids()]:
                os.kill(pid, signal.SIGKILL)
            server.process.wait(10)
        sofar = removals()

        # then the next one does the rest, and nothing twice
        with running_server(database=database, workers=workers):
            await_that(lambda: removals() == CROWD, "all is done")
            rest = "SELECT 1 FROM held_deprovisionings WHERE organization_id = $1"
            await_that(lambda: not runner.run(acme.looks.rows(rest)), "nothing is left to do")
        assert sofar > 0
        assert removals() == CROWD
        members = "SELECT 1 FROM members WHERE organization_id = $1"
        assert runner.run(acme.looks.rows(members)) == []
