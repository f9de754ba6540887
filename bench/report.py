"""Turns measurements into a table: requests a second beside the reference and the peers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench import part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.reference import Measured


@dataclass(frozen=True, slots=True)
class Row:
    """One operation of the load generator.

    `race` holds what a race came to instead of a rate, `failure` why there is neither.
    """

    operation: str
    connections: int = 0
    rate: float = 0.0
    least: float = 0.0
    most: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    errors: int = 0
    race: str = ""
    failure: str = ""

    @staticmethod
    def of(result: dict[str, Any]) -> Row:
        """From one line of the load generator."""
        operation = result["op"]
        if operation.startswith("race-members"):
            return Row(
                operation,
                errors=result["lost"],
                race=f"{result['acknowledged']} acknowledged, {result['lost']} lost",
            )
        if operation.startswith("race-username"):
            return Row(
                operation,
                errors=int(result["stored"] != result["want"]),
                race=f"{result['statuses']}, {result['stored']} stored",
            )
        errors = result["errors"]
        done = bool(result["rps"])
        return Row(
            operation,
            result["conc"],
            result["rps"] or 0.0,
            result["rps_min"],
            result["rps_max"],
            result["p50_ms"] or 0.0,
            result["p99_ms"] or 0.0,
            sum(errors.values()),
            failure="" if done else f"every answer an error: {', '.join(errors)}",
        )

    @staticmethod
    def failed(operation: str, connections: int, why: str) -> Row:
        """A row that a server could not do."""
        if operation.startswith("race-"):
            return Row(operation, race=why, failure=why)
        return Row(operation, connections, failure=why)


@dataclass(frozen=True, slots=True)
class PeerResult:
    """What was measured of a peer, or why nothing was."""

    title: str
    rows: tuple[Row, ...] = ()
    unavailable: str = ""

    def row(self, operation: str, connections: int) -> Row | None:
        """The one that stands beside ours."""
        for row in self.rows:
            if (row.operation, row.connections) == (operation, connections):
                return row
        return None


def table(
    rows: Sequence[Row],
    reference: Mapping[tuple[str, int], Measured],
    machine: str,
    peers: Sequence[PeerResult] = (),
) -> str:
    """Markdown: a line for each row, a column for each peer that was measured."""
    measured = [peer for peer in peers if not peer.unavailable]
    heads = ["operation", "clients", "requests/s", "p50 ms", "p99 ms", "bare, 1/s", "ratio"]
    heads += ["errors", *(f"{peer.title}, 1/s · p50 ms" for peer in measured)]
    heads += ["to the best peer"] if measured else []
    cells = (_cells(row, reference, measured) for row in rows if not row.race)
    lines = [machine, "", *part.table(heads, cells), ""]
    for row in rows:
        if row.race:
            beside = [f"{peer.title}: {_race(peer, row.operation)}" for peer in measured]
            lines.append(f"- `{row.operation}`: {'; '.join([row.race, *beside])}")
    lines += [
        f"- {peer.title} is not in the table. {peer.unavailable}"
        for peer in peers
        if peer.unavailable
    ]
    return "\n".join(lines) + "\n"


def _cells(
    row: Row, reference: Mapping[tuple[str, int], Measured], peers: Sequence[PeerResult]
) -> list[str]:
    name = "group-add" if row.operation.startswith("group-add") else row.operation
    bare = reference.get((name, row.connections))
    beside = [peer.row(row.operation, row.connections) for peer in peers]
    best = max((other.rate for other in beside if other and not other.errors), default=0.0)
    return [
        row.operation,
        str(row.connections),
        f"{row.rate:,.0f} ({row.least:,.0f}–{row.most:,.0f})",
        f"{row.p50_ms:.2f}",
        f"{row.p99_ms:.2f}",
        f"{bare.rate:,.0f}" if bare is not None else part.NOTHING,
        f"{row.rate / bare.rate:.2f}" if bare is not None else part.NOTHING,
        str(row.errors or part.NOTHING),
        *(_beside(other) for other in beside),
        *([f"{row.rate / best:.1f}" if best else part.NOTHING] if peers else []),
    ]


def _beside(row: Row | None) -> str:
    """A peer's cell: its rate and latency, with what went wrong."""
    if row is None:
        return part.NOTHING
    if row.failure:
        return f"{part.NOTHING} ({row.failure})"
    errors = f" ({row.errors} errors)" if row.errors else ""
    rate = f"{row.rate:,.0f}" if row.rate >= 10 else f"{row.rate:.1f}"
    latency = f"{row.p50_ms:,.0f}" if row.p50_ms >= 100 else f"{row.p50_ms:.2f}"
    return f"{rate} · {latency}{errors}"


def _race(peer: PeerResult, operation: str) -> str:
    row = peer.row(operation, 0)
    return row.race if row is not None else "not done"
