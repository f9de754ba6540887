"""The embedded database starts, is shared, survives what kills it, and stops with its last user."""

import asyncio
import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from api import embedded_binaries
from api.embedded_database import EmbeddedDatabase, EmbeddedDatabaseError
from tests.api.conftest import Hold

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")


async def ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def server_pid(data_dir: Path) -> int:
    (pid_file,) = data_dir.glob("postgresql-*/postmaster.pid")
    return int(pid_file.read_text().split()[0])


async def test_starts_from_nothing_with_two_roles_and_stops(data_dir: Path) -> None:
    database = EmbeddedDatabase(data_dir)

    addresses = database.start()

    assert await ask(addresses.owner_url, "SELECT current_user::text") == "rollcall_owner"
    assert await ask(addresses.server_url, "SELECT current_user::text") == "rollcall_server"
    assert await ask(addresses.owner_url, "CREATE TABLE kept (id int)") is None
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(addresses.server_url, "CREATE TABLE refused (id int)")
    assert await ask(addresses.owner_url, "SHOW listen_addresses") == ""
    assert await ask(addresses.owner_url, "SHOW unix_socket_permissions") == "0700"
    assert await ask(addresses.owner_url, "SHOW data_checksums") == "on"
    assert await ask(addresses.owner_url, "SHOW synchronous_commit") == "on"
    assert await ask(addresses.owner_url, "SELECT lower('ÄÖÅ')") == "äöå"

    database.release()

    assert not database.is_alive()
    assert not list(data_dir.glob("postgresql-*/postmaster.pid"))


async def test_second_start_adopts_the_running_server(data_dir: Path) -> None:
    first, second = EmbeddedDatabase(data_dir), EmbeddedDatabase(data_dir)
    addresses = first.start()
    pid = server_pid(data_dir)

    assert second.start() == addresses
    assert server_pid(data_dir) == pid

    first.release()
    assert second.is_alive()
    second.release()
    assert not second.is_alive()


def test_killed_application_leaves_the_server_to_the_next(data_dir: Path, hold: Hold) -> None:
    process = hold(data_dir)
    pid = server_pid(data_dir)

    process.kill()
    process.wait()

    database = EmbeddedDatabase(data_dir)
    database.start()
    assert server_pid(data_dir) == pid
    database.release()
    assert not database.is_alive()


def test_last_of_two_processes_stops_the_server(data_dir: Path, hold: Hold) -> None:
    first, second = hold(data_dir), hold(data_dir)
    watcher = EmbeddedDatabase(data_dir)
    watcher.start()
    watcher.release()

    first.communicate()
    assert watcher.is_alive()
    second.communicate()
    assert not watcher.is_alive()


@pytest.mark.faults
async def test_killed_server_is_restarted_with_every_committed_row(data_dir: Path) -> None:
    database = EmbeddedDatabase(data_dir)
    addresses = database.start()
    await ask(addresses.owner_url, "CREATE TABLE kept (id int)")
    connection = await asyncpg.connect(addresses.owner_url)
    for number in range(50):
        await connection.execute("INSERT INTO kept VALUES ($1)", number)

    os.kill(server_pid(data_dir), signal.SIGKILL)
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await connection.close(timeout=1)

    while database.is_alive():
        await asyncio.sleep(0.01)
    assert database.restart_if_dead()
    assert not database.restart_if_dead()
    assert database.addresses() == addresses
    assert await ask(addresses.owner_url, "SELECT count(*) FROM kept") == 50
    database.release()


@pytest.mark.faults
async def test_server_killed_under_its_parent_is_restarted_by_another(
    data_dir: Path, hold: Hold
) -> None:
    hold(data_dir)  # the parent does not notice: the server stays behind as a zombie
    database = EmbeddedDatabase(data_dir)
    addresses = database.start()
    pid = server_pid(data_dir)

    os.kill(pid, signal.SIGKILL)
    while database.is_alive():
        await asyncio.sleep(0.01)

    assert database.restart_if_dead()
    assert server_pid(data_dir) != pid
    assert await ask(addresses.server_url, "SELECT 1") == 1
    database.release()


async def test_own_tuning_is_read(data_dir: Path) -> None:
    database = EmbeddedDatabase(data_dir)
    database.start()
    database.release()
    (cluster,) = data_dir.glob("postgresql-*/")
    (cluster / "local.conf").write_text("work_mem = '7MB'\n")
    shutil.chown(cluster / "local.conf", cluster.stat().st_uid)

    addresses = database.start()

    assert await ask(addresses.server_url, "SHOW work_mem") == "7MB"
    database.release()


async def test_watch_restarts_and_tells(data_dir: Path) -> None:
    database = EmbeddedDatabase(data_dir)
    addresses = database.start()
    restarted = asyncio.Event()
    task = asyncio.create_task(database.watch(restarted.set, interval_seconds=0.05))

    os.kill(server_pid(data_dir), signal.SIGKILL)
    await asyncio.wait_for(restarted.wait(), 15)
    assert await ask(addresses.server_url, "SELECT 1") == 1

    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    database.release()


def test_restart_after_release_does_nothing(data_dir: Path) -> None:
    database = EmbeddedDatabase(data_dir)
    database.start()
    database.release()

    assert not database.restart_if_dead()
    assert not database.is_alive()


@pytest.mark.parametrize("name", ["long" * 30, "with space, comma & ünïcode"])
async def test_awkward_folder_gets_a_private_socket(data_dir: Path, name: str) -> None:
    database = EmbeddedDatabase(data_dir / name)
    addresses = database.start()
    (folder,) = map(Path, parse_qs(urlsplit(addresses.server_url).query)["host"])

    assert folder.parent == Path("/tmp")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert await ask(addresses.server_url, "SELECT 1") == 1

    os.kill(server_pid(data_dir / name), signal.SIGKILL)
    while database.is_alive():
        await asyncio.sleep(0.01)
    database.restart_if_dead()
    assert database.addresses() == addresses

    database.release()
    assert not folder.exists()


def test_half_made_cluster_is_replaced(data_dir: Path) -> None:
    leftover = data_dir / "postgresql-18.init.4711"
    leftover.mkdir()
    (leftover / "PG_VERSION").write_text("18\n")

    database = EmbeddedDatabase(data_dir)
    database.start()

    assert database.is_alive()
    assert not list(data_dir.glob("*.init.*"))
    database.release()


def test_pid_of_another_program_does_not_stop_the_start(data_dir: Path) -> None:
    database = EmbeddedDatabase(data_dir)
    database.start()
    database.release()
    (cluster,) = data_dir.glob("postgresql-*/")
    user = cluster.stat()
    # Given a pid file from before a restart of the machine, whose number is ours now.
    other = subprocess.Popen(["/bin/sleep", "60"], cwd="/", user=user.st_uid)
    stale = [other.pid, cluster, 1, 5432, cluster, "", " 1 1", "ready   "]
    (cluster / "postmaster.pid").write_text("".join(f"{line}\n" for line in stale))

    database.start()
    assert server_pid(data_dir) != other.pid
    database.release()

    assert other.poll() is None
    other.kill()
    other.wait()


def test_cluster_of_another_version_is_never_ignored(data_dir: Path) -> None:
    (data_dir / "postgresql-9").mkdir()

    with pytest.raises(EmbeddedDatabaseError, match=r"PostgreSQL 9.*ROLLCALL_DATABASE_URL"):
        EmbeddedDatabase(data_dir).start()

    assert not (data_dir / "postgresql-18").exists()


def test_lost_cluster_is_never_replaced_silently(data_dir: Path) -> None:
    (data_dir / "postgresql-18").symlink_to(data_dir / "gone")

    with pytest.raises(EmbeddedDatabaseError, match="cannot be read"):
        EmbeddedDatabase(data_dir).start()


def test_missing_programs_name_the_way_out(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_binaries, "_candidate_folders", list)

    with pytest.raises(EmbeddedDatabaseError, match="ROLLCALL_DATABASE_URL"):
        EmbeddedDatabase(data_dir).start()


@needs_root
def test_root_names_the_user_it_needs(data_dir: Path) -> None:
    with pytest.raises(EmbeddedDatabaseError, match="ROLLCALL_PG_USER"):
        EmbeddedDatabase(data_dir, pg_user="nobody-of-that-name").start()


@needs_root
async def test_data_in_a_private_home_is_kept_where_its_user_can_enter(
    data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data_dir.chmod(0o700)
    home = data_dir / "checkout" / "data"
    home.mkdir(parents=True)
    database = EmbeddedDatabase(home)

    addresses = database.start()
    place = (home / "postgresql-18").resolve().parent

    assert place.parent == embedded_binaries.SYSTEM_FOLDER
    assert str(place) in caplog.text
    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert await ask(addresses.server_url, "SELECT 1") == 1
    database.release()
    # When the folder is moved, the link moves along.
    moved = data_dir / "moved"
    (data_dir / "checkout").rename(moved)
    again = EmbeddedDatabase(moved / "data")
    again.start()
    assert (moved / "data" / "postgresql-18").resolve().parent == place
    again.release()
    shutil.rmtree(place)
