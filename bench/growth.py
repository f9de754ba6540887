"""What grows with an organization: the same requests in organizations of different sizes.

All of them live in one database and are asked in turns by one client; the same statements bare
stand beside what they are the most of.
"""

from __future__ import annotations

import itertools
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import asyncpg
import uvloop

from bench.client import UnexpectedAnswerError
from bench.crowd import Size, fill, group_id, member_id, settle
from bench.machine import Conditions
from bench.part import NOTHING, Report, Wanted, figure, median, table
from bench.plot import lines
from bench.reference import measure as measure_bare
from bench.server import serving_with_database
from domain.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from bench.client import Client
    from bench.reference import Measured
    from bench.server import ServedOrganization

MEMBERS = (1_000, 10_000, 100_000, 1_000_000)
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
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
CONFIRM = """
mutation ($input: ConfirmMemberInput!) {
  confirmMember(input: $input) { changed errors { code message } }
}
"""
_PEOPLE = "{ nodes { id userName email displayName role status createdAt updatedAt } }"
SELECTIONS = {
    "members, first page": f"members(first: 100) {_PEOPLE}",
    "members, last page": f"members(last: 100) {_PEOPLE}",
    "members, rare role": f"members(first: 100, filter: {{role: [OWNER]}}) {_PEOPLE}",
    "members, no such name": f'members(first: 100, filter: {{search: "zzz"}}) {_PEOPLE}',
    "members, counted": "members(first: 1) { totalCount }",
    "pending confirmations": "pendingConfirmations(first: 100) { nodes { acceptedAt } }",
    "request log, first page": "provisioningRequests(first: 100) { nodes { id path } }",
    "request log, last page": "provisioningRequests(last: 100) { nodes { id path } }",
    "history, first page": "auditEvents(first: 100) { nodes { id action } }",
    "history, last page": "auditEvents(last: 100) { nodes { id action } }",
    "overview: members by status": (
        "memberCounts { total staged invited accepted confirmed revoked }"
    ),
}


def size_of(members: int) -> Size:
    """An organization of so many members: a twentieth as many groups, as much past as people."""
    return Size(members, max(2, members // 20), members, members, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of request, each time with another member."""

    name: str
    send: Callable[[], Awaitable[Any]]
    most: int = 10_000
    """How often it can be done at all."""


def scim_requests(scim: Client, members: int, skipped: int = 0) -> Iterator[Asked]:
    """What an identity provider sends, to an organization of `crowd.sql` with so many members.

    Clients that skip different numbers of them do not change the same ones at once.
    """
    # Confirmed ones, spread over all: 7919 is prime.
    confirmed = itertools.cycle(
        member_id(number)
        for number in (1 + place * 7919 % members for place in range(skipped, skipped + 5_000))
        if number % 100 > 3 and number % 200 != 3
    )

    async def by_name() -> None:
        number = next(confirmed).int & 0xFFFFFFFF
        await scim.expect("GET", f"/Users?filter=userName%20eq%20%22user{number}%22")

    async def create() -> None:
        await scim.expect("POST", "/Users", new_user(f"new-{new_id().hex}@example.com"))

    async def switch_active() -> None:
        member = next(switched)
        await scim.expect("PATCH", f"/Users/{member}", patch("active", next(switch)))

    async def change_group() -> None:
        member = next(moved)
        change = joins(member) if next(switch) else leaves(member)
        await scim.expect("PATCH", f"/Groups/{group_id(1)}", change)

    def page(start: int) -> Callable[[], Awaitable[Any]]:
        return lambda: scim.expect("GET", f"/Users?startIndex={start}&count=100")

    switch = itertools.cycle((False, True))
    switched, moved = _twice(confirmed), _twice(confirmed)
    yield Asked("SCIM: one user", lambda: scim.expect("GET", f"/Users/{next(confirmed)}"))
    yield Asked("SCIM: a user by userName", by_name)
    yield Asked("SCIM: a new user", create)
    yield Asked("SCIM: deactivate, activate", switch_active)
    yield Asked("SCIM: one member of the group of all", change_group)
    yield Asked("SCIM: first page of 100, counted", page(1))
    yield Asked("SCIM: page of 100 in the middle", page(members // 2))
    yield Asked("SCIM: last page of 100", page(max(1, members - 99)))


def admin_requests(admin: Client, served: ServedOrganization, members: int) -> Iterator[Asked]:
    """What the console and programs ask of the admin API, each in one operation."""
    waiting = iter(range(100, members + 1, 100))

    async def confirm() -> None:
        member = served.member_id(member_id(next(waiting)))
        await admin.graphql(CONFIRM, input={"memberId": member})

    for name, selection in SELECTIONS.items():
        yield Asked(name, partial(admin.ask, selection, served.graphql_id))
    yield Asked("confirm one member", confirm, max(1, members // 200))


def _twice(values: Iterator[UUID]) -> Iterator[UUID]:
    for value in values:
        yield from (value, value)


def new_user(name: str) -> dict[str, object]:
    """A person as an identity provider sends them."""
    return {
        "schemas": [USER],
        "userName": name,
        "externalId": name,
        "displayName": "Given Family",
        "name": {"givenName": "Given", "familyName": "Family", "formatted": "Given Family"},
        "emails": [{"value": name, "type": "work", "primary": True}],
        "active": True,
    }


def patch(path: str, value: object) -> dict[str, object]:
    """A PATCH that replaces one attribute."""
    return {
        "schemas": [PATCH],
        "Operations": [{"op": "replace", "path": path, "value": value}],
    }


def joins(*members: object) -> dict[str, object]:
    """A PATCH that adds members to a group."""
    values = [{"value": str(each)} for each in members]
    return {
        "schemas": [PATCH],
        "Operations": [{"op": "add", "path": "members", "value": values}],
    }


def leaves(member: object) -> dict[str, object]:
    """A PATCH that takes one member out of a group."""
    path = f'members[value eq "{member}"]'
    return {"schemas": [PATCH], "Operations": [{"op": "remove", "path": path}]}


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


async def measure(
    served: ServedOrganization, server_url: str, owner_url: str, sizes: list[int], seconds: float
) -> tuple[dict[int, dict[str, float | None]], dict[int, dict[tuple[str, int], Measured]], float]:
    """Times in ms by size and name, those of the bare statements, and how long seeding took."""
    begun = time.monotonic()
    organizations = {members: served.another(f"Of{members}") for members in sizes}
    owner = await asyncpg.connect(owner_url)
    try:
        for members, each in organizations.items():
            await fill(owner, each.organization_id, size_of(members))
        await settle(owner)
    finally:
        await owner.close()
    seeding_s = time.monotonic() - begun
    ours: dict[int, dict[str, float | None]] = {}
    bare: dict[int, dict[tuple[str, int], Measured]] = {}
    for members, each in organizations.items():
        with each.scim() as scim, each.graphql() as admin:
            ours[members] = {
                asked.name: await timed(asked, seconds)
                for asked in (
                    *scim_requests(scim, members),
                    *admin_requests(admin, each, members),
                )
            }
        bare[members] = await measure_bare(
            server_url, each.organization_id, seconds, 1, connections=(1,)
        )
    return ours, bare, seeding_s


def run(folder: Path, wanted: Wanted) -> Report:
    """Organizations of 1,000 to 1,000,000 members; a share leaves out the largest."""
    conditions = Conditions()
    sizes = [each for each in MEMBERS if each <= max(1_000, MEMBERS[-1] * wanted.share)]
    with serving_with_database(folder) as (served, addresses):
        ours, bare, seeding_s = uvloop.run(
            measure(
                served, addresses.server_url, addresses.owner_url, sizes, wanted.seconds(1.0, 0.15)
            )
        )
    said = conditions.text(
        "one client, p50 in ms", f"the organizations were filled in {seeding_s:.0f} s"
    )
    return Report("\n".join([said, "", *rows(ours, bare)]) + "\n", {"growth.svg": picture(ours)})


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
