"""What a setting costs: two servers, one with it and one without, asked in turns.

Everything else is alike; each round asks both the same, and the ratio of the two is what counts.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import uvloop

from bench.asked import Asked, admin_requests, scim_requests
from bench.crowd import fill_with, size_of
from bench.machine import Conditions
from bench.part import Report, Wanted, median, table
from bench.server import serving_next_to_nothing, serving_with_database

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.client import Client
    from bench.server import ServedOrganization

MEMBERS = 20_000
ROUNDS = 5
CLIENTS = (1, 16)
CHOSEN = (
    "SCIM: one user",
    "SCIM: a user by userName",
    "SCIM: a new user",
    "SCIM: deactivate, activate",
    "SCIM: one member of the group of all",
    "SCIM: first page of 100, counted",
    "members, first page",
    "members, no such name",
    "history, first page",
    "overview: members by status",
)


class Asking:
    """Clients of one server, each with requests of its own."""

    def __init__(self, served: ServedOrganization, members: int) -> None:
        self._clients: list[Client] = []
        self._requests: list[dict[str, Asked]] = []
        for number in range(max(CLIENTS)):
            scim, admin = served.scim(), served.graphql()
            self._clients += [scim, admin]
            skipped = number * 17
            self._requests.append(
                {
                    each.name: each
                    for each in (
                        *scim_requests(scim, members, skipped),
                        *admin_requests(admin, served, members),
                    )
                }
            )

    async def rate(self, name: str, clients: int, seconds: float) -> float:
        """Requests a second."""
        done, end = 0, time.perf_counter() + seconds

        async def worker(asked: Asked) -> int:
            done = 0
            while time.perf_counter() < end or done % 2:
                await asked.send()
                done += 1
            return done

        begun = time.perf_counter()
        done = sum(await asyncio.gather(*(worker(each[name]) for each in self._requests[:clients])))
        return done / (time.perf_counter() - begun)

    def close(self) -> None:
        """Give the connections up."""
        for each in self._clients:
            each.close()


async def prepare(served: ServedOrganization, owner_url: str, members: int) -> None:
    """Fill the organization."""
    await fill_with(owner_url, served.organization_id, size_of(members))


async def measure(
    off: Asking, on: Asking, seconds: float
) -> list[tuple[str, int, list[float], list[float]]]:
    """Rates of each kind of request, by rounds: without and with."""
    found: list[tuple[str, int, list[float], list[float]]] = []
    for name in CHOSEN:
        for clients in CLIENTS:
            without: list[float] = []
            within: list[float] = []
            for number in range(ROUNDS):
                turn = [(off, without), (on, within)]
                for asking, rates in turn if number % 2 else reversed(turn):
                    rates.append(await asking.rate(name, clients, seconds))
            found.append((name, clients, without, within))
    return found


def row_security(folder: Path, wanted: Wanted) -> Report:
    """Row-level security, in organizations of 20,000 members, or a share."""
    return _compare(
        folder, wanted, {"ROLLCALL_ROW_SECURITY": "off"}, {"ROLLCALL_ROW_SECURITY": "on"}
    )


def tracing(folder: Path, wanted: Wanted) -> Report:
    """Traces of every request, sent to a collector that throws them away; sizes as above."""
    with serving_next_to_nothing() as (collector, _process):
        return _compare(folder, wanted, {}, {"ROLLCALL_OTLP_ENDPOINT": collector})


def _compare(folder: Path, wanted: Wanted, off: Mapping[str, str], on: Mapping[str, str]) -> Report:
    conditions = Conditions()
    members = wanted.number(MEMBERS, least=2_000)
    with ExitStack() as stack:
        asking = []
        for name, settings in (("off", off), ("on", on)):
            (place := folder / name).mkdir(mode=0o711)
            served, urls = stack.enter_context(serving_with_database(place, settings=settings))
            uvloop.run(prepare(served, urls.owner_url, members))
            asking.append(Asking(served, members))
        found = uvloop.run(measure(asking[0], asking[1], wanted.seconds(0.5, 0.1)))
    rows = [
        [
            name,
            str(clients),
            f"{median(without):,.0f}",
            f"{median(within):,.0f}",
            f"{median([b / a for a, b in zip(without, within, strict=True)]):.2f}",
        ]
        for name, clients, without, within in found
    ]
    said = conditions.text(f"{members:,} members", f"{ROUNDS} rounds each, in turns")
    heads = ["request", "clients", "off, 1/s", "on, 1/s", "on to off"]
    return Report("\n".join([said, "", *table(heads, rows)]) + "\n")
