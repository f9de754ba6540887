"""What is asked of a server: by an identity provider, by the console and programs, as they send it.

Each kind of request is made anew for each member, in an organization that `crowd.sql` filled.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.crowd import group_id, member_id
from domain.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from uuid import UUID

    from bench.client import Client
    from bench.server import ServedOrganization

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
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
