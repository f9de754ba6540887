"""Whether memory grows: a mixed load for as long as is asked for, and what each process takes.

People come and go and change, groups change, lists and logs are read and followed, so that at the
end there is as much in the organization as at the beginning, but for its past.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING

import orjson
import uvloop

from bench.asked import admin_requests, new_user, scim_requests
from bench.client import events
from bench.crowd import fill_with, size_of
from bench.machine import MIB, Conditions, family, proportional_bytes, resident_bytes
from bench.part import Report, Wanted, figure, table
from bench.plot import lines
from bench.server import serving_with_database
from bench.subscribers import QUERIES
from domain.ids import new_id

if TYPE_CHECKING:
    from pathlib import Path

    from bench.server import ServedOrganization

MEMBERS = 20_000
CLIENTS = 8
FOLLOWERS = 20
FOLLOWED_S = 5.0
"""After which a follower leaves and comes again."""
Sample = tuple[float, dict[str, float]]


async def load(served: ServedOrganization, members: int, skipped: int, end: float) -> int:
    """One client's mixed load until then; how many requests it was."""
    done = 0
    with served.scim() as scim, served.graphql() as admin:
        asked = [
            each
            for each in (
                *scim_requests(scim, members, skipped),
                *admin_requests(admin, served, members),
            )
            if each.name not in {"confirm one member", "SCIM: a new user"}
        ]
        for each in itertools.cycle(asked):
            if time.perf_counter() > end:
                return done
            for _ in range(4):
                await each.send()
            made = await scim.expect("POST", "/Users", new_user(f"{new_id().hex}@example.com"))
            await scim.expect("DELETE", f"/Users/{made['id']}")
            done += 6
    return done


async def follow(served: ServedOrganization, kind: str, end: float) -> int:
    """One who follows a log, leaves, and comes again; how many events it was."""
    query = f"subscription ($org: ID!) {{ {QUERIES[kind]} }}"
    body = orjson.dumps({"query": query, "variables": {"org": served.graphql_id}})
    heard = 0
    while (left := end - time.perf_counter()) > 0:
        try:
            async with asyncio.timeout(min(FOLLOWED_S, left)):
                url, token = f"{served.url}/graphql", served.access_token
                async for _ in events(url, token, body, asyncio.Event()):
                    heard += 1
        except TimeoutError:
            continue
    return heard


def look(served: ServedOrganization) -> dict[str, float]:
    """MiB of each of the server's processes, and of its database, shared memory counted once."""
    found: dict[str, float] = {}
    database = 0
    for pid, name in family(served.pid):
        if "postgres" in name:
            database += proportional_bytes(pid)
        else:
            label = "parent" if pid == served.pid else f"server process {len(found)}"
            found[label] = resident_bytes(pid) / MIB
    return found | {"database": database / MIB}


async def sample(served: ServedOrganization, began: float, end: float) -> list[Sample]:
    """How memory stands, again and again until the end."""
    found = []
    pause = max(1.0, (end - began) / 200)
    while (now := time.perf_counter()) < end:
        found.append(((now - began) / 60, look(served)))
        await asyncio.sleep(pause)
    return [*found, ((time.perf_counter() - began) / 60, look(served))]


async def measure(
    served: ServedOrganization, owner_url: str, members: int, minutes: float
) -> tuple[list[Sample], int, int]:
    """The samples, the number of requests, and that of events that were followed."""
    await fill_with(owner_url, served.organization_id, size_of(members))
    began = time.perf_counter()
    end = began + minutes * 60
    kinds = list(QUERIES)
    sampling = asyncio.create_task(sample(served, began, end))
    following = [
        asyncio.create_task(follow(served, kinds[number % len(kinds)], end))
        for number in range(FOLLOWERS)
    ]
    done = await asyncio.gather(
        *(load(served, members, number * 17, end) for number in range(CLIENTS))
    )
    heard = await asyncio.gather(*following)
    return await sampling, sum(done), sum(heard)


def growth_an_hour(samples: list[tuple[float, float]]) -> float:
    """MiB an hour, by the straight line that lies nearest to the samples (minutes, MiB)."""
    mean_x = sum(x for x, _ in samples) / len(samples)
    mean_y = sum(y for _, y in samples) / len(samples)
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    if not spread:
        return 0.0
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread * 60


def run(folder: Path, wanted: Wanted) -> Report:
    """`wanted.minutes` of load on an organization of 20,000 members, or a share of them."""
    conditions = Conditions()
    members = wanted.number(MEMBERS, least=2_000)
    with serving_with_database(folder) as (served, addresses):
        samples, requests, heard = uvloop.run(
            measure(served, addresses.owner_url, members, wanted.minutes)
        )
    names = list(samples[0][1])
    series = {name: [(at, each[name]) for at, each in samples if name in each] for name in names}
    rows = []
    for name in names:
        points = series[name]
        chosen = [points[min(len(points) - 1, len(points) * n // 4)][1] for n in range(5)]
        late = growth_an_hour(points[len(points) // 2 :])
        rows.append([name, *map(figure, chosen), f"{late:+.1f}"])
    said = conditions.text(
        f"{members:,} members",
        f"{CLIENTS} clients and {FOLLOWERS} followers for {wanted.minutes:g} minutes",
        f"{requests:,} requests, {heard:,} events",
    )
    heads = ["MiB", "at the start", "a quarter", "half", "three quarters", "at the end"]
    text = table([*heads, "an hour, by the second half"], rows)
    drawn = lines(
        "Memory under a mixed load", series, x_label="minutes", y_label="MiB of each process"
    )
    return Report("\n".join([said, "", *text]) + "\n", {"memory.svg": drawn})
