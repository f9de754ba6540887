"""`rollcall confirm --watch` misses nobody and confirms nobody twice, whatever is killed."""

from __future__ import annotations

import asyncio
import inspect
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread, Timer

import pytest

from api.remote.key_file import read_key_file
from tests.support.database import DatabaseFactory
from tests.support.house import await_that, open_house
from tests.support.keyed_house import Guest, KeyedResident, keyed_resident
from tests.support.proxy import Proxy
from tests.support.server import free_port, running_server

IN_TIME_S = 40.0


@pytest.fixture
def watching(harbour: KeyedResident) -> Iterator[list[subprocess.Popen[str]]]:
    """Watchers to be ended with the test."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for each in started:
        if each.poll() is None:
            each.kill()
            each.communicate()


def await_confirmed(harbour: KeyedResident, guests: list[Guest]) -> None:
    def all_are() -> bool:
        count = harbour.confirmations()
        return all(count[guest.email] > 0 for guest in guests)

    await_that(all_are, "all guests are confirmed", IN_TIME_S)


def await_begun(watcher: subprocess.Popen[str]) -> None:
    assert watcher.stdout is not None
    assert watcher.stdout.readline().startswith("Watching ")


def test_whoever_comes_is_confirmed_until_it_is_stopped(
    harbour: KeyedResident, watching: list[subprocess.Popen[str]]
) -> None:
    waits = harbour.guest()
    watching.append(harbour.watcher("--all", "--json"))
    await_begun(watching[0])
    await_confirmed(harbour, [waits])
    comes = [harbour.guest() for _ in range(3)]
    await_confirmed(harbour, [waits, *comes])

    watching[0].send_signal(signal.SIGTERM)
    printed, _ = watching[0].communicate(timeout=30)

    assert watching[0].returncode == 0
    assert len(printed.splitlines()) == 4
    assert all('"result":"CONFIRMED"' in line for line in printed.splitlines())
    key = read_key_file(harbour.key_file)
    assert {harbour.key_of(guest) for guest in [waits, *comes]} == {key}


def test_the_owner_may_watch_with_a_session(
    harbour: KeyedResident, watching: list[subprocess.Popen[str]]
) -> None:
    watching.append(harbour.owners_watcher("--all"))
    await_begun(watching[0])
    guests = [harbour.guest() for _ in range(2)]
    await_confirmed(harbour, guests)
    run = harbour.house.blocking.run
    # A rotation: the new key is fetched and opened with the passphrase that is known already.
    run(harbour.keyed.rotate())
    last = harbour.guest()
    await_confirmed(harbour, [last])

    watching[0].send_signal(signal.SIGTERM)
    printed, _ = watching[0].communicate(timeout=30)

    assert watching[0].returncode == 0, printed
    assert harbour.key_of(last) == harbour.keyed.key


@pytest.mark.faults
def test_kills_at_any_moment_confirm_nobody_twice(
    harbour: KeyedResident, watching: list[subprocess.Popen[str]]
) -> None:
    guests: list[Guest] = []
    moment = random.Random(20261128)  # noqa: S311 - no secret
    for _ in range(8):
        watching.append(harbour.watcher("--all"))
        await_begun(watching[-1])
        killing = Timer(moment.uniform(0.1, 1), watching[-1].kill)
        killing.start()
        while killing.is_alive():
            guests.append(harbour.guest())
        watching[-1].communicate()
    watching.append(harbour.watcher("--all"))
    await_begun(watching[-1])
    await_confirmed(harbour, guests)
    watching[-1].send_signal(signal.SIGTERM)
    watching[-1].communicate(timeout=30)

    assert watching[-1].returncode == 0
    counts = harbour.confirmations()
    assert {guest.email: counts[guest.email] for guest in guests} == dict.fromkeys(
        (guest.email for guest in guests), 1
    )


@pytest.mark.faults
def test_kills_at_any_moment_never_exceed_the_hour(
    harbour: KeyedResident, watching: list[subprocess.Popen[str]]
) -> None:
    guests = [harbour.guest(email=f"g{n}@hour.example") for n in range(12)]
    policy = harbour.folder / "policy.toml"
    policy.write_text('email_domains = ["hour.example"]\nat_most_per_hour = 7\n')
    moment = random.Random(5)  # noqa: S311 - no secret

    def confirmed() -> int:
        counts = harbour.confirmations()
        return sum(counts[guest.email] for guest in guests)

    for _ in range(6):
        watching.append(harbour.watcher("--policy", policy))
        await_begun(watching[-1])
        time.sleep(moment.uniform(0, 0.3))
        watching[-1].kill()
        watching[-1].communicate()
        assert confirmed() <= 7
    watching.append(harbour.watcher("--policy", policy))
    await_begun(watching[-1])
    await_that(lambda: confirmed() == 7, "the hour's seven are confirmed", IN_TIME_S)
    watching[-1].send_signal(signal.SIGINT)
    printed, _ = watching[-1].communicate(timeout=30)

    assert watching[-1].returncode == 0, printed
    assert confirmed() == 7


@pytest.mark.faults
def test_a_watcher_outlives_the_server(
    database_factory: DatabaseFactory,
    worker_id: str,
    tmp_path: Path,
    watching: list[subprocess.Popen[str]],
) -> None:
    database = database_factory.clone(f"outlives_{worker_id}")
    port = {"ROLLCALL_PORT": str(free_port())}
    with open_house(database, env=port) as house:
        harbour = keyed_resident(house, tmp_path / "owner")
        before = harbour.guest()
        watching.append(harbour.watcher("--all"))
        await_confirmed(harbour, [before])

        for pid in [house.server.process.pid, *house.server.worker_pids()]:
            os.kill(pid, signal.SIGKILL)
        house.server.process.wait(10)
        with running_server(house.server.folder, database=database, env=port):
            after = [harbour.guest() for _ in range(2)]
            await_confirmed(harbour, after)
            watching[0].send_signal(signal.SIGTERM)
            printed, _ = watching[0].communicate(timeout=30)

        assert watching[0].returncode == 0
        assert printed.count("confirmed ") == 3
        counts = harbour.confirmations()
        assert {counts[guest.email] for guest in [before, *after]} == {1}


@contextmanager
def proxied(url: str) -> Iterator[tuple[str, Callable[[Callable[[Proxy], object]], None]]]:
    """An address that leads to the server, and a way to do something to what lies between."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    proxy = Proxy(int(url.rpartition(":")[2]))

    async def doing(work: Callable[[Proxy], object]) -> None:
        done = work(proxy)
        if inspect.isawaitable(done):
            await done

    def do(work: Callable[[Proxy], object]) -> None:
        asyncio.run_coroutine_threadsafe(doing(work), loop).result(10)

    do(Proxy.open)
    try:
        yield f"http://127.0.0.1:{proxy.port}", do
    finally:
        do(Proxy.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def test_a_watcher_goes_on_after_the_network_was_away(
    harbour: KeyedResident, watching: list[subprocess.Popen[str]]
) -> None:
    with proxied(harbour.house.server.url) as (url, do):
        watching.append(harbour.watcher("--all", "--server", url))
        guests = [harbour.guest()]
        await_confirmed(harbour, guests)

        # Cut in the middle; then whoever connects hears nothing.
        do(Proxy.stall)
        do(Proxy.cut)
        guests.append(harbour.guest())
        time.sleep(2)
        assert harbour.confirmations()[guests[-1].email] == 0
        do(Proxy.flow)
        await_confirmed(harbour, guests)

        # Nobody answers at the address, for a while.
        do(Proxy.close)
        guests.append(harbour.guest())
        time.sleep(2)
        do(Proxy.open)
        await_confirmed(harbour, guests)
        # Live again, not only by looking each minute.
        guests.append(harbour.guest())
        await_confirmed(harbour, guests)

        watching[0].send_signal(signal.SIGTERM)
        printed, _ = watching[0].communicate(timeout=30)

    assert watching[0].returncode == 0, printed
    counts = harbour.confirmations()
    assert [counts[guest.email] for guest in guests] == [1] * 4
    assert printed.count("\nconfirmed ") == 4


def test_a_token_that_is_revoked_ends_it(
    harbour: KeyedResident, watching: list[subprocess.Popen[str]]
) -> None:
    before = harbour.guest()
    watching.append(harbour.watcher("--all"))
    await_confirmed(harbour, [before])

    harbour.rows(
        "UPDATE access_tokens SET revoked_at = now() WHERE organization_id = $1 RETURNING id"
    )
    time.sleep(1)  # for so long a server may remember it
    harbour.guest()
    printed, _ = watching[0].communicate(timeout=90)

    assert watching[0].returncode == 1
    assert "The server does not accept this access token" in printed


def test_two_watchers_share_the_work(
    harbour: KeyedResident, watching: list[subprocess.Popen[str]]
) -> None:
    watching += [harbour.watcher("--all"), harbour.watcher("--all")]
    for each in watching:
        await_begun(each)

    guests = [harbour.guest() for _ in range(10)]
    await_confirmed(harbour, guests)
    ended = []
    for each in watching:
        each.send_signal(signal.SIGTERM)
        ended.append(each.communicate(timeout=30)[0])

    assert [each.returncode for each in watching] == [0, 0]
    counts = harbour.confirmations()
    assert {counts[guest.email] for guest in guests} == {1}
    lines = [line for text in ended for line in text.splitlines()]
    assert sum(line.startswith("confirmed") for line in lines) == 10
    assert not [line for line in lines if line.startswith("refused")]
