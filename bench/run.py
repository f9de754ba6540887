"""`make bench`: a server on this machine under load, beside what its database allows bare.

Starts a server of its own with an embedded database in a temporary folder, drives it with the SCIM
load generator, then runs the same statements by a bare asyncpg loop on the same database, and
prints both with their ratio. With `--peers` it then drives other SCIM servers in the same way, on
databases of their own in the same cluster. Everything happens on loopback and ends by itself.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import uvloop

from api.embedded_database import EmbeddedDatabase
from bench import admin_api
from bench.crowd import Size
from bench.load import RACES, Load, Target, drive
from bench.peers.catalogue import all_peers
from bench.peers.measure import Cluster, install_peers, measure_peers
from bench.readme import GRAPHQL, record
from bench.reference import measure
from bench.report import Row, table
from bench.server import serving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.peers.measure import Installed
    from bench.reference import Measured
    from bench.report import PeerResult
    from bench.server import ServedOrganization

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rollcall-bench"


@dataclass(frozen=True, slots=True)
class Figures:
    """All that one run measured."""

    ours: list[Row]
    reference: dict[tuple[str, int], Measured]
    peers: list[PeerResult]


def main() -> int:
    """Run what was asked for and print the table."""
    options = _options()
    if options.graphql:
        return _graphql(options)
    load = Load(
        Path(options.generator), options.users, options.duration, options.repeat, options.row_limit
    )
    if not load.generator.is_file():
        print(
            f"The SCIM load generator is not at {load.generator}; give its path by --generator.",
            file=sys.stderr,
        )
        return 2
    chosen = [peer for peer in all_peers() if peer.name in _peer_names(options)]
    peers = install_peers(chosen, Path(options.cache))
    before = _load_average()
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        figures = _measure(load, options.workers, peers, _traversable(Path(name)))
    report = table(
        figures.ours, figures.reference, _conditions(load, options.workers, before), figures.peers
    )
    print(report)
    if options.out:
        Path(options.out).write_text(report, encoding="utf-8")
    if options.record:
        record(report)
    return 1 if any(row.errors for row in figures.ours) else 0


def _graphql(options: argparse.Namespace) -> int:
    """The admin API alone, without the generator."""
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as name:
        report = admin_api.run(_traversable(Path(name)), Size().part(options.share), options.times)
    print(report)
    if options.out:
        Path(options.out).write_text(report, encoding="utf-8")
    if options.record:
        record(report, GRAPHQL)
    return 0


def _measure(
    load: Load, workers: int, peers: Sequence[Installed | PeerResult], folder: Path
) -> Figures:
    """Our server, then the reference, then each peer, one after the other on one cluster."""
    with serving(folder / "data", workers=workers) as server:
        ours = _ours(load, server, folder)
        database = EmbeddedDatabase(folder / "data")
        addresses = database.start()
        try:
            organization_id = UUID(server.organization_id)
            reference = uvloop.run(
                measure(addresses.server_url, organization_id, load.duration, load.repeat)
            )
        except BaseException:
            database.release()
            raise
    # Our server has ended and does nothing in the background; the database is still held.
    try:
        cluster = Cluster(addresses.superuser_url, addresses.owner_url)
        return Figures(ours, reference, measure_peers(peers, cluster, load, folder))
    finally:
        database.release()


def _ours(load: Load, server: ServedOrganization, folder: Path) -> list[Row]:
    """Seed and drive our server; one row for each operation and number of connections."""
    target = Target("rollcall", server.base_url, server.api_key, folder / "rollcall.json")
    out = folder / "results.jsonl"
    results = drive(load, target, load.operations, out)
    return [Row.of(result) for result in [*results, *drive(load, target, RACES, out)]]


def _conditions(load: Load, workers: int, before: str) -> str:
    return (
        f"{load.users:,} members · {workers} worker(s) · {os.cpu_count()} cores ·"
        f" Python {platform.python_version()} · load average {before} before the run,"
        f" {_load_average()} at its end · {load.repeat} × {load.duration} s each"
    )


def _load_average() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _traversable(folder: Path) -> Path:
    """Let the database's own user get into the temporary folder, when root runs this."""
    folder.chmod(0o711)
    return folder


def _peer_names(options: argparse.Namespace) -> list[str]:
    """None unless `--peers` is given, all when it names none."""
    if options.peers is None:
        return []
    return options.peers or [peer.name for peer in all_peers()]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--duration", type=float, default=2.0, help="seconds of each repeat")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--generator", default=str(ROOT.parent / "shared/bench/scimbench.py"))
    parser.add_argument("--graphql", action="store_true", help="measure the admin API instead")
    parser.add_argument(
        "--share", type=float, default=1.0, help="of 100,000 members and a million events, there"
    )
    parser.add_argument("--times", type=int, default=200, help="requests of a round, there")
    parser.add_argument("--out", default="", help="a file for the table")
    parser.add_argument(
        "--record", action="store_true", help="put the table into bench/README.md too"
    )
    parser.add_argument(
        "--peers",
        nargs="*",
        metavar="NAME",
        choices=[peer.name for peer in all_peers()],
        help="measure other servers too: all, or those named",
    )
    parser.add_argument(
        "--row-limit", type=float, default=20.0, help="seconds that a row of a peer may take"
    )
    parser.add_argument("--cache", default=str(CACHE), help="a folder for the peers' packages")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
