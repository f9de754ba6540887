"""Two administrators confirm the same people at once, at two servers: one does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from domain.keys.organization_key import wrap
from domain.vocabulary import KeyHandshake, MemberRole
from graphql_schema.ids import Kind, make_id
from tests.e2e.people import ask, data
from tests.support.database import DatabaseFactory
from tests.support.house import open_house
from tests.support.keyed_house import COOKIE, Guest, KeyedResident, keyed_resident
from tests.support.server import RunningServer, running_server
from tests.support.sessions import signed_in

CONFIRM = """
mutation ($input: ConfirmMemberInput!) { confirmMember(input: $input) {
  changed member { status keyState } errors { code message } } }
"""
CONFIRM_ALL = """
mutation ($input: BulkConfirmMembersInput!) { bulkConfirmMembers(input: $input) {
  results { memberId changed errors { code message } } errors { code message } } }
"""


@dataclass(frozen=True, slots=True)
class Administrator:
    """Somebody with a session, at one of the servers."""

    server: RunningServer
    cookie: str

    def confirm(self, query: str, given: dict[str, Any]) -> Any:
        """The payload of the mutation."""
        (payload,) = data(ask(self.server, query, {"input": given}, cookie=self.cookie)).values()
        return payload


@dataclass(frozen=True, slots=True)
class Two:
    """An organization that hands over a key, and two who confirm its members."""

    harbour: KeyedResident
    administrators: tuple[Administrator, Administrator]

    def given(self, guest: Guest) -> dict[str, Any]:
        """The guest, with the organization's key wrapped anew by whoever asks."""
        return {
            "memberId": make_id(Kind.MEMBER, self.harbour.organization_id, guest.member.id),
            "wrappedOrganizationKey": wrap(self.harbour.keyed.key, guest.held.pair),
            "publicKeyThumbprint": guest.held.kid,
        }

    def at_once(self, asking: Callable[[int, Administrator], Any]) -> list[Any]:
        """What both are answered who ask in the same moment."""
        ready = Barrier(2)

        def one(number: int) -> Any:
            ready.wait(10)
            return asking(number, self.administrators[number])

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(one, range(2)))

    def mails(self) -> int:
        """How many were told that they are confirmed."""
        sql = "SELECT 1 FROM mails WHERE organization_id = $1 AND kind = 'CONFIRMED'"
        return len(self.harbour.rows(sql))


@pytest.fixture
def two(database_factory: DatabaseFactory, worker_id: str, tmp_path: Path) -> Iterator[Two]:
    database = database_factory.clone(f"two_administrators_{worker_id}")
    with open_house(database) as house, running_server(database=database) as other:
        harbour = keyed_resident(house, tmp_path / "owner")
        run, app = house.blocking.run, house.blocking.app
        run(harbour.keyed.require(KeyHandshake.OFF))
        secrets = [
            run(signed_in(app, harbour.organization_id, MemberRole.ADMIN))[1] for _ in range(2)
        ]
        run(harbour.keyed.require())
        first, second = (
            Administrator(server, f"{COOKIE}={secret}")
            for server, secret in zip((house.server, other), secrets, strict=True)
        )
        yield Two(harbour, (first, second))


def test_one_confirms_and_the_other_hears_that_nothing_changed(two: Two) -> None:
    guests = [two.harbour.guest() for _ in range(10)]
    before = two.mails()

    for guest in guests:

        def asking(_: int, who: Administrator, guest: Guest = guest) -> Any:
            return who.confirm(CONFIRM, two.given(guest))

        payloads = two.at_once(asking)

        assert sorted(payload["changed"] for payload in payloads) == [False, True]
        assert [payload["member"] for payload in payloads] == [
            {"status": "CONFIRMED", "keyState": "CURRENT"}
        ] * 2
    counts = two.harbour.confirmations()
    assert [counts[guest.email] for guest in guests] == [1] * len(guests)
    assert {two.harbour.key_of(guest) for guest in guests} == {two.harbour.keyed.key}
    assert two.mails() - before == len(guests)


def test_crowds_that_overlap_are_confirmed_once_each(two: Two) -> None:
    guests = [two.harbour.guest() for _ in range(12)]
    shares = (guests[:9], guests[:2:-1])
    before = two.mails()

    def asking(number: int, who: Administrator) -> Any:
        members = [two.given(guest) for guest in shares[number]]
        given = {"organizationId": two.harbour.org, "members": members}
        return who.confirm(CONFIRM_ALL, given)["results"]

    answers = two.at_once(asking)

    results = [result for results in answers for result in results]
    assert [result["errors"] for result in results] == [[]] * 18
    assert sum(result["changed"] for result in results) == len(guests)
    counts = two.harbour.confirmations()
    assert [counts[guest.email] for guest in guests] == [1] * len(guests)
    assert {two.harbour.key_of(guest) for guest in guests} == {two.harbour.keyed.key}
    assert two.mails() - before == len(guests)
