"""What grows with an organization: the same requests in organizations of different sizes.

All of them live in one database and are asked in turns by one client; the same statements bare
stand beside what they are the most of.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import asyncpg
import uvloop

from bench.asked import admin_requests, scim_requests
from bench.client import UnexpectedAnswerError
from bench.crowd import fill, settle, size_of
from bench.machine import MIB, Conditions
from bench.part import NOTHING, Report, Wanted, figure, median, table
from bench.plot import lines
from bench.reference import measure as measure_bare
from bench.server import serving_with_database

if TYPE_CHECKING:
    from pathlib import Path

    from bench.asked import Asked
    from bench.reference import Measured
    from bench.server import ServedOrganization

MEMBERS = (1_000, 10_000, 100_000, 1_000_000)
BARE = {
    "SCIM: one user": "get",
    "SCIM: a user by userName": "filter",
    "SCIM: a new user": "create",
    "SCIM: deactivate, activate": "patch-active",
    "SCIM: one member of the group of all": "group-add",
    "confirm one member": "confirm",
}
DRAWN = (
    "SCIM: one user",
    "SCIM: a new user",
    "SCIM: deactivate, activate",
    "SCIM: one member of the group of all",
    "SCIM: first page of 100, counted",
    "SCIM: page of 100 in the middle",
    "members, first page",
    "members, no such name",
    "overview: members by status",
)
KEPT = """
SELECT relname, sum(greatest(reltuples, 0))::bigint, sum(pg_table_size(oid))::bigint,
    sum(pg_indexes_size(oid))::bigint
FROM (
    SELECT oid, reltuples, coalesce(pg_partition_root(oid)::oid, oid)::regclass::text AS relname
    FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
) AS tables
GROUP BY relname ORDER BY sum(pg_total_relation_size(oid)) DESC
"""


async def timed(asked: Asked, seconds: float) -> float | None:
    """The median time in ms, of an even number of requests within about so many seconds.

    None where the server refuses, which is told of.
    """
    spent: list[float] = []
    try:
        for _ in range(min(4, asked.most)):
            await asked.send()
        end = time.perf_counter() + seconds
        while len(spent) < asked.most - 4 and (time.perf_counter() < end or len(spent) % 2):
            begun = time.perf_counter()
            await asked.send()
            spent.append((time.perf_counter() - begun) * 1000)
    except UnexpectedAnswerError as error:
        print(f"{asked.name}: {error}", file=sys.stderr)
        return None
    return median(spent)


class Kept(NamedTuple):
    """What a table takes on the disk."""

    table: str
    rows: int
    bytes: int
    of_indexes: int


@dataclass(slots=True)
class Found:
    """Times in ms by size and name, those of the bare statements, and what filling them took."""

    filled_s: float
    kept: list[Kept]
    ours: dict[int, dict[str, float | None]] = field(default_factory=dict)
    bare: dict[int, dict[tuple[str, int], Measured]] = field(default_factory=dict)


async def measure(
    served: ServedOrganization, server_url: str, owner_url: str, sizes: list[int], seconds: float
) -> Found:
    """One size after the other, all in one database."""
    begun = time.monotonic()
    organizations = {members: served.another(f"Of{members}") for members in sizes}
    owner = await asyncpg.connect(owner_url)
    try:
        for members, each in organizations.items():
            await fill(owner, each.organization_id, size_of(members))
        await settle(owner)
        found = Found(time.monotonic() - begun, [Kept(*row) for row in await owner.fetch(KEPT)])
    finally:
        await owner.close()
    for members, each in organizations.items():
        with each.scim() as scim, each.graphql() as admin:
            found.ours[members] = {
                asked.name: await timed(asked, seconds)
                for asked in (
                    *scim_requests(scim, members),
                    *admin_requests(admin, each, members),
                )
            }
        found.bare[members] = await measure_bare(
            server_url, each.organization_id, seconds, 1, connections=(1,)
        )
    return found


def run(folder: Path, wanted: Wanted) -> Report:
    """Organizations of 1,000 to 1,000,000 members; a share leaves out the largest."""
    conditions = Conditions()
    sizes = [each for each in MEMBERS if each <= max(1_000, MEMBERS[-1] * wanted.share)]
    with serving_with_database(folder) as (served, addresses):
        found = uvloop.run(
            measure(
                served, addresses.server_url, addresses.owner_url, sizes, wanted.seconds(1.0, 0.15)
            )
        )
    said = conditions.text(
        "one client, p50 in ms", f"the organizations were filled in {found.filled_s:.0f} s"
    )
    report = [said, "", *rows(found.ours, found.bare), "", *room(found.kept)]
    return Report("\n".join(report) + "\n", {"growth.svg": picture(found.ours)})


def room(kept: list[Kept]) -> list[str]:
    """A line for each of the larger tables: its rows, and what they take on the disk."""
    whole = sum(each.bytes + each.of_indexes for each in kept)
    shown = [each for each in kept if each.bytes + each.of_indexes > whole / 100]
    heads = ["table", "rows", "MiB", "of its indexes", "KiB a row with them"]
    lines_ = [
        [
            each.table,
            f"{each.rows:,.0f}",
            f"{each.bytes / MIB:,.0f}",
            f"{each.of_indexes / MIB:,.0f}",
            figure((each.bytes + each.of_indexes) / each.rows / 1024),
        ]
        for each in shown
        if each.rows
    ]
    return table(
        heads, [*lines_, ["all of the database", "", f"{whole / MIB:,.0f} with them", "", ""]]
    )


def rows(
    ours: dict[int, dict[str, float | None]], bare: dict[int, dict[tuple[str, int], Measured]]
) -> list[str]:
    """A line for each request, a column for each size, then growth and the bare statements."""
    sizes = list(ours)
    first, last = sizes[0], sizes[-1]
    heads = ["members", *(f"{each:,}" for each in sizes), "last to first"]
    heads += [f"bare at {first:,}", f"bare at {last:,}"]
    lines_ = []
    for name, begin in ours[first].items():
        key = (BARE.get(name, ""), 1)
        beside = [
            figure(bare[each][key].p50_ms) if key in bare[each] else NOTHING
            for each in (first, last)
        ]
        end = ours[last][name]
        ratio = figure(end / begin) if begin and end else NOTHING
        times = (ours[each][name] for each in sizes)
        told = ("refused" if each is None else figure(each) for each in times)
        lines_.append([name, *told, ratio, *beside])
    return table(heads, lines_)


def picture(ours: dict[int, dict[str, float | None]]) -> str:
    """The times of some of them over the size of the organization."""
    series = {
        name: [(float(size), time_ms) for size, found in ours.items() if (time_ms := found[name])]
        for name in DRAWN
    }
    return lines(
        "What grows with the organization",
        series,
        x_label="members of the organization",
        y_label="p50, ms, one client",
        logarithmic=True,
    )
