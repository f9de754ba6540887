"""The SCIM endpoint under the load generator, beside the same statements bare and other servers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from bench.load import RACES, Load, Target, drive
from bench.machine import Conditions
from bench.part import Report
from bench.peers.catalogue import all_peers
from bench.peers.measure import Cluster, install_peers, measure_peers
from bench.reference import OPERATIONS, measure
from bench.report import Row, table
from bench.server import serving_with_database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.peers.measure import Installed
    from bench.reference import Measured
    from bench.report import PeerResult
    from bench.server import ServedOrganization

ROOT = Path(__file__).resolve().parent.parent
GENERATOR = ROOT.parent / "shared/bench/scimbench.py"
BARE = tuple(name for name in OPERATIONS if name != "confirm")


@dataclass(frozen=True, slots=True)
class Figures:
    """All that one run measured."""

    ours: list[Row]
    reference: dict[tuple[str, int], Measured]
    peers: list[PeerResult]

    @property
    def errors(self) -> int:
        """Of our server."""
        return sum(row.errors for row in self.ours)


def run(folder: Path, load: Load, workers: int, peer_names: Sequence[str], cache: Path) -> Report:
    """Measures in a folder of its own. Raises RuntimeError when our server answered with errors."""
    if not load.generator.is_file():
        raise RuntimeError(
            f"the SCIM load generator is not at {load.generator}; give its path by --generator"
        )
    peers = install_peers([peer for peer in all_peers() if peer.name in peer_names], cache)
    conditions = Conditions()
    figures = _measure(load, workers, peers, folder)
    said = conditions.text(
        f"{load.users:,} members",
        f"{workers} worker(s)",
        f"{load.repeat} × {load.duration:g} s each",
    )
    report = table(figures.ours, figures.reference, said, figures.peers)
    if figures.errors:
        raise RuntimeError(f"{figures.errors} answers were errors:\n{report}")
    return Report(report)


def _measure(
    load: Load, workers: int, peers: Sequence[Installed | PeerResult], folder: Path
) -> Figures:
    """Our server, then the reference, then each peer, one after the other on one cluster."""
    with serving_with_database(folder, workers=workers) as (server, addresses):
        ours = _ours(load, server, folder)
        reference = uvloop.run(
            measure(
                addresses.server_url,
                server.organization_id,
                load.duration,
                load.repeat,
                operations=BARE,
            )
        )
        server.end()  # and do nothing in the background; the database stays
        cluster = Cluster(addresses.superuser_url, addresses.owner_url)
        return Figures(ours, reference, measure_peers(peers, cluster, load, folder))


def _ours(load: Load, server: ServedOrganization, folder: Path) -> list[Row]:
    """Seed and drive our server; one row for each operation and number of connections."""
    target = Target("rollcall", server.base_url, server.api_key, folder / "rollcall.json")
    out = folder / "results.jsonl"
    results = drive(load, target, load.operations, out)
    return [Row.of(result) for result in [*results, *drive(load, target, RACES, out)]]
