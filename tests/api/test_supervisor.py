"""The supervisor: what crashes starts again, what is told to stop finishes, what hangs is ended."""

import asyncio
import logging

import pytest

from api import supervisor as supervisor_module
from api.supervisor import Supervisor


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "SHORTEST_PAUSE_S", 0.01)


async def test_a_crashed_task_starts_again_and_says_where_not_what(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs = 0
    private = "ada@example.com"
    stopped = asyncio.Event()

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise ValueError(private)
        await stopped.wait()

    supervisor = Supervisor()
    supervisor.keep("a task", run, stopped.set)
    while runs < 3:
        await asyncio.sleep(0.005)
    await supervisor.drain(1)

    assert runs == 3
    assert caplog.text.count("a task crashed (ValueError)") == 2
    assert "test_supervisor.py" in caplog.text
    assert private not in caplog.text


async def test_one_crash_does_not_touch_the_others() -> None:
    beats = 0
    stopped = asyncio.Event()

    async def crash() -> None:
        raise RuntimeError

    async def beat() -> None:
        nonlocal beats
        while not stopped.is_set():
            beats += 1
            await asyncio.sleep(0.005)

    supervisor = Supervisor()
    supervisor.keep("crashing", crash)
    supervisor.keep("beating", beat, stopped.set)
    await asyncio.sleep(0.1)
    before = beats
    await asyncio.sleep(0.1)
    await supervisor.drain(0.2)

    assert before > 3
    assert beats > before


async def test_draining_lets_tasks_finish_and_cancels_those_that_do_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stopping = asyncio.Event()
    finished: list[str] = []

    async def finishing() -> None:
        await stopping.wait()
        await asyncio.sleep(0.05)
        finished.append("finished")

    async def hanging() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            finished.append("cancelled")

    supervisor = Supervisor()
    supervisor.keep("finishing", finishing, stopping.set)
    supervisor.keep("hanging", hanging)
    await asyncio.sleep(0)
    await supervisor.drain(0.3)

    assert finished == ["finished", "cancelled"]
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == [
        "hanging did not finish in time"
    ]


async def test_repeated_work_waits_for_its_database(caplog: pytest.LogCaptureFixture) -> None:
    times = 0

    async def work() -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise ConnectionRefusedError

    supervisor = Supervisor()
    supervisor.keep_every("tidying", 0.01, work)
    await asyncio.sleep(0.1)
    await supervisor.drain(1)

    assert times > 2
    assert "tidying waits for the database (ConnectionRefusedError)" in caplog.text
    assert "crashed" not in caplog.text


async def test_nothing_to_drain() -> None:
    await Supervisor().drain(1)
