"""A peer that cannot be installed or started is a sentence in the report, no more."""

import asyncio
import json
import re
import sys
from pathlib import Path

import asyncpg
import pytest

from bench.load import Load
from bench.peers import database
from bench.peers.catalogue import REQUIREMENTS, SCIMMY, Command, Peer, all_peers
from bench.peers.environment import NotInstallableError, python_environment
from bench.peers.measure import Cluster, Installed, install_peers, measure_peers
from bench.report import PeerResult
from tests.support.database import TestDatabase

NO_PACKAGE = "--no-index\nnot-there==1.0 --hash=sha256:" + 64 * "0"


def test_without_node_the_peer_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    scimmy = [peer for peer in all_peers() if peer.name == "scimmy-routers"]

    results = install_peers(scimmy, tmp_path / "cache")

    why = "Node.js with npm is not on this machine."
    assert results == [PeerResult(scimmy[0].title, unavailable=why)]
    assert not (tmp_path / "cache").exists()


def test_packages_that_cannot_be_had(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    requirements = tmp_path / "peer" / "requirements.txt"
    requirements.parent.mkdir()
    requirements.write_text(NO_PACKAGE)
    peer = Peer("peer", "1", "/", lambda cache: _python_command(requirements, cache))

    results = install_peers([peer], tmp_path / "cache")

    why = "Its packages could not be installed: pip ended with 1."
    assert results == [PeerResult("peer 1", unavailable=why)]
    said = capsys.readouterr().err
    assert "No matching distribution found for not-there==1.0" in said
    assert said.endswith(f"peer 1 is left out. {why}\n")
    with pytest.raises(NotInstallableError):  # half an environment does not count
        python_environment(requirements, tmp_path / "cache")


def test_an_environment_is_made_once(tmp_path: Path) -> None:
    requirements = tmp_path / "peer" / "requirements.txt"
    requirements.parent.mkdir()
    requirements.write_text("")

    python = python_environment(requirements, tmp_path / "cache")
    made = python.lstat().st_ctime_ns

    assert python_environment(requirements, tmp_path / "cache") == python
    assert python.lstat().st_ctime_ns == made
    requirements.write_text("# another")
    assert python_environment(requirements, tmp_path / "cache") != python


def test_a_peer_that_does_not_start(
    worker_database: TestDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(database, "VACUUM_S", 0)  # other tests keep the cluster busy
    (name,) = re.findall(r"/(\w+)", worker_database.superuser_url.partition("?")[0])[-1:]
    cluster = Cluster(worker_database.superuser_url, worker_database.owner_url, prefix=name)
    program = "import os, sys; sys.exit(' '.join([os.environ['PGDATABASE'], os.environ['PORT']]))"
    command = Command([sys.executable, "-c", program], tmp_path, "PORT")
    peer = Peer("does-not-start", "2", "/scim", lambda _: command)
    load = Load(tmp_path / "generator.py", users=12, duration=0.1, repeat=1)
    absent = PeerResult("absent 3", unavailable="It is not here.")

    results = measure_peers([absent, Installed(peer, command)], cluster, load, tmp_path)

    why = "It does not start: the server ended with 1."
    assert results == [absent, PeerResult("does-not-start 2", unavailable=why)]
    assert re.match(rf"{name}_does_not_start \d+\n", capsys.readouterr().err)
    known = json.loads((tmp_path / "does-not-start.json").read_text())
    assert [user_name for _, user_name in known["users"]] == [
        f"seed-{number}@example.com" for number in range(1, 13)
    ]
    url = worker_database.superuser_url.replace(f"/{name}", f"/{name}_does_not_start")
    members = asyncio.run(_members(url, known["groups"]["10"]))
    assert members == [{"value": user_id} for user_id, _ in known["users"][:10]]
    assert list(known["groups"]) == ["10"]


def test_a_client_finds_the_database_by_its_variables() -> None:
    over_a_socket = "postgresql://owner@/bench?host=/run/somewhere&port=5433"
    elsewhere = "postgresql://owner:secret@127.0.0.1:5434/bench"

    assert database.client_environment(over_a_socket) == {
        "PGUSER": "owner",
        "PGDATABASE": "bench",
        "PGHOST": "/run/somewhere",
        "PGPORT": "5433",
    }
    assert database.client_environment(elsewhere) == {
        "PGUSER": "owner",
        "PGPASSWORD": "secret",
        "PGDATABASE": "bench",
        "PGHOST": "127.0.0.1",
        "PGPORT": "5434",
    }


def test_locks_pin_every_package_and_name_no_host() -> None:
    requirements = REQUIREMENTS.read_text("utf-8")
    wanted = requirements.replace("\\\n", "").splitlines()
    assert "://" not in requirements
    assert all(re.match(r"\S+==\S+ .*--hash=sha256:", line) for line in wanted)

    package = json.loads((SCIMMY / "package.json").read_text("utf-8"))
    lock = json.loads((SCIMMY / "package-lock.json").read_text("utf-8"))["packages"]
    assert lock.pop("")["dependencies"] == package["dependencies"]
    assert all(re.fullmatch(r"[\d.]+", version) for version in package["dependencies"].values())
    assert {name for name, entry in lock.items() if "integrity" not in entry} == set()
    assert {name for name, entry in lock.items() if "resolved" in entry} == set()


def _python_command(requirements: Path, cache: Path) -> Command:
    python = python_environment(requirements, cache)
    return Command([str(python)], requirements.parent, "PORT")


async def _members(url: str, group_id: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        text = "SELECT document -> 'members' FROM groups WHERE id = $1"
        return json.loads(await connection.fetchval(text, group_id))
    finally:
        await connection.close()
