"""Measures each peer in turn by the rows that our server was measured by."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.load import CONNECTIONS, RACES, Load, Target, drive
from bench.peers import database
from bench.peers.environment import NotInstallableError
from bench.peers.process import PeerProcess
from bench.report import PeerResult, Row
from bench.server import NotReadyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.peers.catalogue import Command, Peer


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the peers' databases are made; they belong to the role of `owner_url`."""

    superuser_url: str
    owner_url: str
    prefix: str = "bench"


@dataclass(frozen=True, slots=True)
class Installed:
    """A peer that can be started here."""

    peer: Peer
    command: Command


def install_peers(peers: Sequence[Peer], cache: Path) -> list[Installed | PeerResult]:
    """Each as it can be started, or as a result that says why it cannot be measured."""
    return [_installed(peer, cache) for peer in peers]


def measure_peers(
    peers: Sequence[Installed | PeerResult], cluster: Cluster, load: Load, folder: Path
) -> list[PeerResult]:
    """A result for each; one that does not start is a sentence, and no more."""
    return [
        peer if isinstance(peer, PeerResult) else _measured(peer, cluster, load, folder)
        for peer in peers
    ]


def _installed(peer: Peer, cache: Path) -> Installed | PeerResult:
    try:
        return Installed(peer, peer.install(cache))
    except NotInstallableError as error:
        return _left_out(peer, str(error))


def _measured(installed: Installed, cluster: Cluster, load: Load, folder: Path) -> PeerResult:
    peer = installed.peer
    state, log = folder / f"{peer.name}.json", folder / f"{peer.name}.log"
    url, known = asyncio.run(_prepare(peer, cluster, load))
    state.write_text(json.dumps(known), encoding="utf-8")
    environment = database.client_environment(url)
    process = PeerProcess(peer, installed.command, environment, log)
    try:
        with process:
            target = Target(peer.name, process.base_url, process.token, state)
            return PeerResult(peer.title, _Rows(load, target, process, folder).all())
    except NotReadyError as error:
        print(process.said(), file=sys.stderr)
        return _left_out(peer, f"It does not start: {error}.")


def _left_out(peer: Peer, why: str) -> PeerResult:
    print(f"{peer.title} is left out. {why}", file=sys.stderr)
    return PeerResult(peer.title, unavailable=why)


async def _prepare(peer: Peer, cluster: Cluster, load: Load) -> tuple[str, dict[str, Any]]:
    """The URL of the peer's own database, and what the load generator has to know of it."""
    name = f"{cluster.prefix}_{peer.name.replace('-', '_')}"
    url = await database.make(cluster.superuser_url, cluster.owner_url, name)
    known = await database.fill(url, load.users, load.group_sizes)
    await database.settle(cluster.superuser_url)
    return url, known


@dataclass(frozen=True, slots=True)
class _Rows:
    """One run of the generator for each row: one that does not end costs no other."""

    load: Load
    target: Target
    process: PeerProcess
    folder: Path

    def all(self) -> tuple[Row, ...]:
        cells = [(name, number) for name in self.load.operations for number in CONNECTIONS]
        # A race has its own number of connections.
        cells += [(race, 0) for race in RACES]
        return tuple(self._row(name, number) for name, number in cells)

    def _row(self, operation: str, connections: int) -> Row:
        out = self.folder / "peer-results.jsonl"
        limit = self.load.limit_s
        numbers = [connections or 1]
        try:
            results = drive(
                self.load, self.target, [operation], out, connections=numbers, limit_s=limit
            )
        except subprocess.TimeoutExpired:
            self.process.restart()
            return Row.failed(operation, connections, f"over {limit:g} s")
        except subprocess.CalledProcessError as error:
            self.process.restart()
            why = f"the generator ended with {error.returncode}"
            return Row.failed(operation, connections, why)
        if not results:
            return Row.failed(operation, connections, "not done")
        return Row.of(results[0])
