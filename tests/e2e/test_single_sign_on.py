"""Single sign-on with a real OpenID provider, over sockets, with one server process and two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from domain.vocabulary import MemberStatus
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.canaille import (
    Canaille,
    Person,
    canaille,
    iam_configuration,
    iam_server,
    iam_server_port,
)

if TYPE_CHECKING:
    from pathlib import Path

    from domain.commands import Member
    from tests.support.house import House, Resident

__all__ = ["canaille", "iam_configuration", "iam_server", "iam_server_port"]

COOKIE = "rollcall-session"


@dataclass(frozen=True, slots=True)
class Door:
    """An organization whose people sign in by the provider."""

    resident: Resident
    canaille: Canaille
    id: str
    start_url: str

    def member(self, email: str, status: MemberStatus = MemberStatus.INVITED) -> Member:
        """A member with that address."""
        made = factories.member(
            self.resident.house.blocking.app, self.resident.organization_id, status, email=email
        )
        return self.resident.house.blocking.run(made)

    def come_back(self, person: Person, then: str = "/welcome") -> httpx.Response:
        """The person signs in, and the browser goes back to the server: what that answers."""
        begun = person.browser.get(self.start_url, params={"then": then})
        assert begun.status_code == 302, begun.text
        sent_back = person.sign_in(begun.headers["location"])
        return person.browser.get(sent_back.headers["location"])

    def sessions(self) -> list[Any]:
        """Those that this organization's provider vouched for."""
        return self.resident.rows(
            "SELECT s.*, a.email FROM sessions s JOIN accounts a ON a.id = s.account_id"
            " WHERE s.sso_organization_id = $1 ORDER BY s.id"
        )


def opened(resident: Resident, canaille: Canaille, folder: Path, *more: str) -> Door:
    """The organization of the resident with the provider, made as an operator makes it."""
    server = resident.house.server
    client_id, secret = canaille.client(f"{server.url}/sign-in/oidc/callback")
    kept = folder / "client-secret"
    kept.write_text(secret + "\n")
    named = ("-o", str(resident.organization_id), "--name", "Canaille", "--client-id", client_id)
    files = ("--issuer", canaille.issuer, "--client-secret-file", str(kept))
    done = server.rollcall("oidc", "add", *named, *files, *more, "--json")
    assert done.returncode == 0, done.stderr
    assert secret not in done.stdout
    made = httpx.Response(200, text=done.stdout).json()
    assert made["redirectUrl"] == f"{server.url}/sign-in/oidc/callback"
    return Door(resident, canaille, made["id"], made["startUrl"])


@pytest.fixture
def door(house: House, canaille: Canaille, tmp_path: Path) -> Door:
    """Where the provider's addresses are trusted: Canaille verifies them, and does not say so."""
    return opened(house.resident(), canaille, tmp_path, "--trust-email")


def problem(response: httpx.Response) -> str:
    """The code that the sign-in page is told."""
    url = httpx.URL(response.headers["location"])
    assert (response.status_code, url.path) == (302, "/sign-in")
    assert COOKIE not in response.headers.get("set-cookie", "")
    return url.params["problem"]


def test_who_was_invited_comes_back_with_a_session_and_an_account(door: Door) -> None:
    email = f"{factories.unique('ada')}@example.com"
    door.member(email)
    person = door.canaille.person(email.upper())

    answer = door.come_back(person, "/accept?again=1")

    server = door.resident.house.server
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{server.url}/accept?again=1"
    (kept,) = door.sessions()
    assert (kept["email"], kept["method"]) == (email, "OIDC")
    assert person.browser.cookies[COOKIE].startswith(f"ses_{kept['id'].hex}_")
    assert "rollcall-oidc" not in person.browser.cookies, "the attempt is over"


def test_a_member_signs_in_and_the_membership_says_when(door: Door) -> None:
    email = f"{factories.unique('eve')}@example.com"
    member = door.member(email, MemberStatus.CONFIRMED)

    person = door.canaille.person(email)
    door.come_back(person)

    (kept,) = door.sessions()
    assert kept["account_id"] == member.account_id
    asked = person.browser.post(
        f"{door.resident.house.server.url}/graphql",
        json={"query": "{ viewer { label account { email } organization { id } } }"},
        headers={"x-rollcall": "1"},
    )
    assert asked.json()["data"]["viewer"] == {
        "label": email,
        "account": {"email": email},
        "organization": {
            "id": make_id(Kind.ORGANIZATION, None, door.resident.organization_id),
        },
    }
    (row,) = door.resident.rows(
        "SELECT sso_at FROM account_memberships WHERE organization_id = $1 AND account_id = $2",
        member.account_id,
    )
    assert row["sso_at"] == kept["created_at"]


def test_an_answer_works_once_and_in_the_browser_that_asked(door: Door) -> None:
    email = f"{factories.unique('bob')}@example.com"
    door.member(email)
    person = door.canaille.person(email)
    begun = person.browser.get(door.start_url)
    attempt = person.browser.cookies["rollcall-oidc"]
    back = person.sign_in(begun.headers["location"]).headers["location"]

    elsewhere = httpx.get(back)
    first = person.browser.get(back)
    again = person.browser.get(back)
    stolen = httpx.get(back, headers={"cookie": f"rollcall-oidc={attempt}"})

    assert problem(elsewhere) == "expired"
    assert first.headers["location"] == f"{door.resident.house.server.url}/"
    assert problem(again) == "expired"
    assert problem(stolen) == "provider_refused", "a code is redeemed once"
    assert len(door.sessions()) == 1


def test_whom_nobody_invited_is_not_let_in(door: Door) -> None:
    email = f"{factories.unique('mallory')}@example.com"

    answer = door.come_back(door.canaille.person(email))

    assert problem(answer) == "not_a_member"
    assert door.sessions() == []
    assert (
        door.resident.rows(
            "SELECT 1 FROM accounts WHERE $1::uuid IS NOT NULL AND email = $2", email
        )
        == []
    )


def test_an_address_that_the_provider_does_not_call_verified_counts_for_nothing(
    house: House, canaille: Canaille, tmp_path: Path
) -> None:
    door = opened(house.resident(), canaille, tmp_path)
    email = f"{factories.unique('carol')}@example.com"
    door.member(email)

    answer = door.come_back(canaille.person(email))

    assert problem(answer) == "email_unverified"
    assert door.sessions() == []


def test_a_removed_provider_lets_nobody_in(door: Door) -> None:
    email = f"{factories.unique('dan')}@example.com"
    door.member(email)
    person = door.canaille.person(email)
    begun = person.browser.get(door.start_url)
    back = person.sign_in(begun.headers["location"]).headers["location"]
    done = door.resident.house.server.rollcall("oidc", "remove", door.id)

    assert done.returncode == 0, done.stderr
    assert problem(person.browser.get(back)) == "unknown_provider"
    assert problem(person.browser.get(door.start_url)) == "unknown_provider"
    assert door.sessions() == []


def test_nothing_of_a_sign_in_is_logged(door: Door) -> None:
    email = f"{factories.unique('fay')}@example.com"
    door.member(email)
    person = door.canaille.person(email)
    begun = person.browser.get(door.start_url)
    attempt = person.browser.cookies["rollcall-oidc"]
    back = person.sign_in(begun.headers["location"]).headers["location"]
    person.browser.get(back)
    again = httpx.get(back, headers={"cookie": f"rollcall-oidc={attempt}"})

    logged = door.resident.house.server.log.read_text()
    assert problem(again) == "provider_refused"
    assert "provider_refused (token endpoint: it answered 400 invalid_grant)" in logged
    code = httpx.URL(back).params["code"]
    for secret in (email, attempt, code, person.browser.cookies[COOKIE]):
        assert secret not in logged
