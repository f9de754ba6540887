"""An identity provider's first sync of a whole company, and the nightly one that changes nothing.

As Okta and Entra ID do it: for each person a look for the name and, where nobody has it, a create;
then the groups, and their members by PATCH. At night each person is looked up and sent again as
they are, by PATCH or by PUT. It must change nothing, which the database's own counters tell.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import asyncpg
import uvloop

from bench.asked import GROUP, PATCH, joins, new_user
from bench.machine import Conditions, server_memory_mib
from bench.part import NOTHING, Report, Wanted, figure, table
from bench.plot import lines
from bench.reference import measure as measure_bare
from bench.server import serving_with_database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from bench.client import Client
    from bench.reference import Measured
    from bench.server import ServedOrganization

MEMBERS, GROUPS, GROUP_SIZE = 100_000, 5_000, 20
AT_NIGHT = 30_000
"""Of them, who are sent again: the rate tells how long all would take."""
CLIENTS = 16
SETTLED_S = 3.0
"""Until what came before is sealed and logged."""
BATCH = 100
"""Members that one PATCH adds to the group of everyone."""
STEPS = 50
"""Points of the picture."""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_NOW = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint % 4294967296"
_ROWS = """
SELECT count(*) FILTER (WHERE xmin::text::bigint < $1), count(*) FILTER (
    WHERE xmin::text::bigint >= $1
) FROM
"""
MAY_WRITE = frozenset({"provisioning_requests", "provisioning_heads"})
"""The calls themselves are logged; nothing else may be written at night."""


@dataclass(slots=True)
class Progress:
    """When each piece of work was done, and the server's memory meanwhile."""

    pid: int
    began: float = field(default_factory=time.perf_counter)
    done: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)

    def note(self) -> None:
        """One more is done."""
        self.done.append(time.perf_counter() - self.began)

    async def watch(self) -> None:
        """Look at the server's memory each second, until cancelled."""
        while True:
            self.memory.append((time.perf_counter() - self.began, server_memory_mib(self.pid)))
            await asyncio.sleep(1)

    def rates(self, parts: int) -> list[tuple[float, float]]:
        """How many were done by the end of each part of them, and the rate in it."""
        found, size = [], max(1, len(self.done) // parts)
        for end in range(size, len(self.done) + 1, size):
            before = self.done[end - size - 1] if end > size else 0.0
            found.append((float(end), size / (self.done[end - 1] - before)))
        return found


async def all_of(
    served: ServedOrganization,
    work: Iterable[Any],
    do: Callable[[Client, Any], Awaitable[None]],
) -> Progress:
    """Do each piece of work over one of 16 connections."""
    progress, pieces = Progress(served.pid), iter(work)
    watching = asyncio.create_task(progress.watch())

    async def worker() -> None:
        with served.scim() as client:
            for piece in pieces:
                await do(client, piece)
                progress.note()

    try:
        await asyncio.gather(*(worker() for _ in range(CLIENTS)))
    finally:
        watching.cancel()
    return progress


async def found(client: Client, kind: str, attribute: str, value: str) -> str | None:
    """The id of the resource with that attribute."""
    wanted = quote(f'{attribute} eq "{value}"')
    answer = await client.expect("GET", f"/{kind}?filter={wanted}")
    return answer["Resources"][0]["id"] if answer["totalResults"] else None


class Company:
    """Who is to be there, and the ids that they were given."""

    def __init__(self, members: int, groups: int) -> None:
        self.names = [f"person{number}@example.com" for number in range(members)]
        self.groups = [f"Team {number}" for number in range(groups)]
        self.ids: dict[str, str] = {}

    async def create(self, client: Client, name: str) -> None:
        """A person whom nobody has yet."""
        if await found(client, "Users", "userName", name) is not None:
            raise RuntimeError(f"{name} was there before")
        self.ids[name] = (await client.expect("POST", "/Users", new_user(name)))["id"]

    async def fill_group(self, client: Client, number: int) -> None:
        """A group with its members."""
        name = self.groups[number]
        if await found(client, "Groups", "displayName", name) is not None:
            raise RuntimeError(f"{name} was there before")
        made = await client.expect("POST", "/Groups", {"schemas": [GROUP], "displayName": name})
        chosen = {
            self.names[(number * 104_729 + place * 7_919) % len(self.names)]
            for place in range(GROUP_SIZE)
        }
        members = joins(*(self.ids[each] for each in sorted(chosen)))
        await client.expect("PATCH", f"/Groups/{made['id']}", members)

    async def fill_everyone(self, client: Client, number: int, group: str) -> None:
        """One batch into the group of everyone."""
        names = self.names[number * BATCH : (number + 1) * BATCH]
        await client.expect("PATCH", f"/Groups/{group}", joins(*(self.ids[n] for n in names)))

    async def send_again(self, client: Client, number: int) -> None:
        """A person as they are: every other by PUT, as Okta does, or by PATCH, as Entra ID does."""
        name = self.names[number]
        id_ = await found(client, "Users", "userName", name)
        if number % 2:
            await client.expect("PUT", f"/Users/{id_}", new_user(name))
            return
        values = {"displayName": "Given Family", "name.givenName": "Given", "active": True}
        operations = [{"op": "Replace", "path": path, "value": v} for path, v in values.items()]
        await client.expect(
            "PATCH", f"/Users/{id_}", {"schemas": [PATCH], "Operations": operations}
        )


async def rows(owner: Any, since: int) -> dict[str, tuple[int, int]]:
    """Of each table, the rows of before that transaction, and those that it or later ones wrote."""
    names = [row[0] for row in await owner.fetch(_TABLES)]
    return {name: tuple(await owner.fetchrow(f"{_ROWS} {name}", since)) for name in names}


@dataclass(frozen=True, slots=True)
class Measurement:
    """All that one run measured."""

    people: Progress
    groups: Progress
    everyone: Progress
    night: Progress
    written: dict[str, int]
    """Rows of each table, at night."""
    bare: dict[tuple[str, int], Measured]


async def measure(served: ServedOrganization, urls: Any, wanted: Wanted) -> Measurement:
    """First the people, then the groups, then the night."""
    members = wanted.number(MEMBERS, least=500)
    company = Company(members, wanted.number(GROUPS, least=25))
    people = await all_of(served, company.names, company.create)
    groups = await all_of(served, range(len(company.groups)), company.fill_group)
    with served.scim() as client:
        made = await client.expect("POST", "/Groups", {"schemas": [GROUP], "displayName": "All"})
    everyone = await all_of(
        served,
        range(members // BATCH),
        lambda client, number: company.fill_everyone(client, number, made["id"]),
    )
    owner = await asyncpg.connect(urls.owner_url)
    try:
        await asyncio.sleep(SETTLED_S)
        since = await owner.fetchval(_NOW)
        before = await rows(owner, since)
        night = await all_of(
            served, range(min(members, wanted.number(AT_NIGHT, least=500))), company.send_again
        )
        await asyncio.sleep(SETTLED_S)
        after = await rows(owner, since)
    finally:
        await owner.close()
    # Rows that are new or different, or that are gone.
    written = {name: max(new, sum(before[name]) - old) for name, (old, new) in after.items()}
    bare = await measure_bare(
        urls.server_url,
        served.organization_id,
        wanted.seconds(3.0),
        1,
        operations=["filter", "create"],
        connections=(CLIENTS,),
    )
    return Measurement(
        people, groups, everyone, night, {name: n for name, n in written.items() if n}, bare
    )


def run(folder: Path, wanted: Wanted) -> Report:
    """100,000 people and 5,000 groups, or a share of them."""
    conditions = Conditions()
    with serving_with_database(folder) as (served, addresses):
        measured = uvloop.run(measure(served, addresses, wanted))
    changed = {n: rows for n, rows in measured.written.items() if n not in MAY_WRITE}
    said = conditions.text(f"{CLIENTS} connections")
    text = "\n".join([said, "", *report_rows(measured), "", _night(measured, changed)]) + "\n"
    pictures = {"first-sync.svg": _picture(measured)}
    return Report(text, pictures)


def report_rows(measured: Measurement) -> list[str]:
    """The lines of the table: how fast each part of the work went, and beside it the bare one."""
    rates = {name: each.rate for (name, _), each in measured.bare.items()}
    bare = 1 / (1 / rates["filter"] + 1 / rates["create"])
    rows = []
    for name, progress, beside in (
        ("people: a look and a POST each", measured.people, bare),
        (f"groups: a look, a POST, a PATCH of {GROUP_SIZE}", measured.groups, None),
        (f"everyone into one group, {BATCH} by PATCH", measured.everyone, None),
        ("at night: a look, and a PATCH or PUT", measured.night, None),
    ):
        tenths = progress.rates(10)
        whole = len(progress.done) / progress.done[-1]
        rows.append(
            [
                name,
                f"{len(progress.done):,}",
                f"{progress.done[-1]:.0f}",
                f"{whole:,.0f}",
                f"{tenths[0][1]:,.0f}",
                f"{tenths[-1][1]:,.0f}",
                NOTHING if beside is None else f"{beside:,.0f} ({whole / beside:.2f})",
                f"{progress.memory[-1][1]:.0f}",
            ]
        )
    heads = ["", "number", "s", "1/s", "first tenth", "last tenth", "bare, 1/s (ratio)"]
    return table([*heads, "server's memory at the end, MiB"], rows)


def _night(measured: Measurement, changed: dict[str, int]) -> str:
    logged = sum(rows for name, rows in measured.written.items() if name in MAY_WRITE)
    if not changed:
        return f"At night {logged:,} rows of the request log were written, and no other row."
    told = ", ".join(f"{figure(rows)} of {name}" for name, rows in sorted(changed.items()))
    return f"At night {logged:,} rows of the request log were written, and {told}."


def _picture(measured: Measurement) -> str:
    return lines(
        "The first sync of an organization",
        {"people a second": measured.people.rates(STEPS)},
        x_label="people that are there",
        y_label="people created a second, 16 connections",
    )
