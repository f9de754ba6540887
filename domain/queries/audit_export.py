"""The history as it leaves the house: sealed events in order, in the form that their hash covers.

Whoever holds an export can compute the chain anew, without Rollcall: see docs/audit.md.
"""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from io import StringIO
from typing import Any

import orjson

from domain.ids import UUID
from domain.store.audit_chain import HASHED_COLUMNS, instant_of_chain

PAGE = 500
CSV_COLUMNS = (
    "position",
    "occurred_at",
    "action",
    "origin",
    "actor_kind",
    "actor_id",
    "actor_label",
    "actor_ip",
    "subject_kind",
    "subject_id",
    "subject_label",
    "changes",
    "correlation_id",
    "request_id",
    "hash",
)
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_AFTER = f"""
SELECT position, occurred_at, hash, {HASHED_COLUMNS} FROM audit_events
WHERE organization_id = $1 AND position > $2 ORDER BY position LIMIT $3
"""  # noqa: S608 made of constants
_LAST = "SELECT position, hash FROM audit_heads WHERE organization_id = $1"


async def end_of_chain(source: Any, organization_id: UUID) -> tuple[int, str]:
    """The last sealed position and its hash in hexadecimal; (0, "") when nothing is sealed."""
    rows = await source.fetch(_LAST, organization_id)
    return (rows[0]["position"], rows[0]["hash"].hex()) if rows else (0, "")


async def sealed_events(
    source: Any, organization_id: UUID, after: int, limit: int = PAGE
) -> list[dict[str, Any]]:
    """At most `limit` events after a position: what the hash covers, `position` and `hash`."""
    rows = await source.fetch(_AFTER, organization_id, after, limit)
    return [_exported(dict(row)) for row in rows]


async def export(
    source: Any, organization_id: UUID, after: int, *, as_csv: bool
) -> AsyncIterator[bytes]:
    """The events after a position as lines of JSON or CSV, in parts of at most PAGE events.

    Ends with what is sealed when it gets there. `source` is a pool: no connection is held between
    two parts, however slowly they are taken.
    """
    if as_csv and after == 0:
        yield _csv([CSV_COLUMNS])
    while events := await sealed_events(source, organization_id, after):
        after = events[-1]["position"]
        yield as_csv_lines(events) if as_csv else as_json_lines(events)
        if len(events) < PAGE:
            return


def as_json_lines(events: list[dict[str, Any]]) -> bytes:
    """One JSON object for each event, each on a line."""
    return b"".join(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE) for event in events)


def as_csv_lines(events: list[dict[str, Any]]) -> bytes:
    """The events as rows of CSV_COLUMNS; `changes` is JSON in a cell.

    A cell that a spreadsheet would compute begins with an apostrophe instead.
    """
    rows = []
    for event in events:
        cells = event | {"changes": orjson.dumps(event["changes"]).decode()}
        rows.append([_harmless(cells[column]) for column in CSV_COLUMNS])
    return _csv(rows)


def _exported(event: dict[str, Any]) -> dict[str, Any]:
    for name in ("occurred_at", "recorded_at"):
        event[name] = instant_of_chain(event[name])
    event["hash"] = event["hash"].hex()
    return event


def _csv(rows: Any) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
