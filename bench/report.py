"""Turns measurements into a table: requests a second beside the reference, with their ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.reference import Measured

_REFERENCES = {
    "get": "get",
    "filter": "filter",
    "create": "create",
    "patch-active": "patch-active",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One operation of the load generator; `race` holds what a race came to instead."""

    operation: str
    connections: int = 0
    rate: float = 0.0
    least: float = 0.0
    most: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    errors: int = 0
    race: str = ""

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
        return Row(
            operation,
            result["conc"],
            result["rps"] or 0.0,
            result["rps_min"],
            result["rps_max"],
            result["p50_ms"] or 0.0,
            result["p99_ms"] or 0.0,
            sum(result["errors"].values()),
        )


def table(rows: Sequence[Row], reference: Mapping[tuple[str, int], Measured], machine: str) -> str:
    """Markdown: a line for each row."""
    lines = [
        machine,
        "",
        "| operation | clients | requests/s | p50 ms | p99 ms | bare, 1/s | ratio | errors |",
        "|---|---|---|---|---|---|---|---|",
    ]
    races = []
    for row in rows:
        if row.race:
            races.append(f"- `{row.operation}`: {row.race}")
            continue
        name = "group-add" if row.operation.startswith("group-add") else row.operation
        bare = reference.get((_REFERENCES.get(name, name), row.connections))
        bare_rate = f"{bare.rate:,.0f}" if bare is not None else "–"
        ratio = f"{row.rate / bare.rate:.2f}" if bare is not None else "–"
        lines.append(
            f"| {row.operation} | {row.connections} | {row.rate:,.0f}"
            f" ({row.least:,.0f}–{row.most:,.0f}) | {row.p50_ms:.2f} | {row.p99_ms:.2f}"
            f" | {bare_rate} | {ratio} | {row.errors or '–'} |"
        )
    return "\n".join([*lines, "", *races]) + "\n"
