"""How commands speak: results to standard output, all else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.plain_text import printable

STDERR = Console(stderr=True, highlight=False, soft_wrap=True)
STDOUT = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a result: what it is called for people, and under which key for programs."""

    label: str
    key: str
    value: Any


def say(text: str) -> None:
    """Tell the person something that is not the result."""
    STDERR.print(Text("\n".join(map(printable, text.split("\n")))))


def print_result(lines: Sequence[Line], *, as_json: bool) -> None:
    """A result of several values, as one JSON object or as a list to read."""
    if as_json:
        print_json({line.key: line.value for line in lines})
        return
    width = max(len(line.label) for line in lines)
    for line in lines:
        STDOUT.print(Text(f"{line.label:<{width}}  {_text(line.value)}"))


def print_rows(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], *, as_json: bool
) -> None:
    """A result of several rows; `columns` gives each key its heading."""
    if as_json:
        print_json([{key: row[key] for key in columns} for row in rows])
        return
    print_table(list(columns.values()), [[row[key] for key in columns] for row in rows])


def print_table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Rows to read; as wide as they need to be where nobody's screen limits them."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_text(value)) for value in row))
    console = STDOUT if STDOUT.is_terminal else Console(width=200, highlight=False)
    console.print(table)


def print_json(value: Any) -> None:
    """Exactly one JSON value, and nothing else, on standard output."""
    encoded = orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)
    sys.stdout.write(encoded.decode() + "\n")
    sys.stdout.flush()


def _plain(value: object) -> object:
    match value:
        case UUID():  # asyncpg reads a subclass, which orjson does not take for one
            return str(value)
        case frozenset() | set():
            return sorted(value)
        case _:
            raise TypeError


def _text(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        case Enum():
            return str(value.value)
        case list() | tuple() | set() | frozenset():
            return ", ".join(map(_text, value))
        case _:
            return printable(str(value))
