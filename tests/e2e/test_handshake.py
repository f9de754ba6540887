"""From the provider's first call to the end of access: the whole handshake, over real wires.

A real PostgreSQL, mail server and OpenID provider; people with machines of their own. What the
server keeps is searched for secrets, byte by byte.
"""

from __future__ import annotations

import json
import signal
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.ids import UUID
from domain.keys.fingerprint import organization_fingerprint
from domain.keys.organization_key import unwrap
from graphql_schema.ids import Kind, make_id
from tests.e2e.kept import dump, end_of, forms_of
from tests.e2e.people import Home, Mailbox, ask, data, locked_pair
from tests.e2e.wire import Wire, person
from tests.support.canaille import *  # noqa: F403 - its fixtures
from tests.support.canaille import Canaille
from tests.support.database import DatabaseFactory
from tests.support.house import House, await_that, open_house
from tests.support.mail_server import MailServer

CREW = [f"sailor{number:02}.tide@crew.example" for number in range(15)]
GUESTS = [f"guest{number}.ashore@visitors.example" for number in range(5)]
BY_SSO = CREW[-1]
FALLEN = CREW[3]
INVITED = "Invitation"

ACCEPT = """
mutation ($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) { membership { memberUuid status } errors { code message } } }
"""
OWN = """
{ viewer { label organization { id } account { memberships {
  organizationUuid status keyState wrappedOrganizationKey } } } }
"""
PROMOTE = """
mutation ($input: ChangeMemberRoleInput!) {
  changeMemberRole(input: $input) { member { role } errors { message } } }
"""
TOKEN = """
mutation ($input: CreateAccessTokenInput!) {
  createAccessToken(input: $input) { secret errors { message } } }
"""
MEMBERS = """
query ($id: ID!) { organization(by: {id: $id}) { members(first: 100) {
  nodes { id scimId email status keyState } } } }
"""


@dataclass(slots=True)
class Story:
    """Everything that happens in, and every secret that was ever made on the way."""

    house: House
    mailbox: Mailbox
    folder: Path
    owner: Home
    made: dict[str, Any]
    secrets: dict[str, bytes] = field(default_factory=dict)

    @property
    def organization_id(self) -> UUID:
        return UUID(self.made["organizationId"])

    @property
    def org(self) -> str:
        return make_id(Kind.ORGANIZATION, None, self.organization_id)

    def home(self, email: str) -> Home:
        name = email.partition("@")[0]
        return Home(self.house.server, self.folder / name, email, f"the passphrase of {name}")

    def members(self) -> dict[str, Any]:
        token = f"Bearer {self.made['accessToken']}"
        asked = ask(self.house.server, MEMBERS, {"id": self.org}, authorization=token)
        nodes = data(asked)["organization"]["members"]["nodes"]
        return {node["email"]: node for node in nodes}

    def wire(self, client: httpx.Client) -> Wire:
        headers = {
            "Authorization": f"Bearer {self.made['scimApiKey']}",
            "User-Agent": "Okta SCIM Client 1.0.0",
            "Accept": "application/scim+json",
        }
        return Wire(client, f"{self.house.server.url}/v2/{self.organization_id}", headers)


@pytest.fixture
def story(database_factory: DatabaseFactory, worker_id: str, tmp_path: Path) -> Iterator[Story]:
    """An organization whose owner has made its key, on a server that says all it can in its log."""
    database = database_factory.clone(f"e2e_handshake_{worker_id}")
    with MailServer() as mail:
        env = {
            "ROLLCALL_SMTP_HOST": "127.0.0.1",
            "ROLLCALL_SMTP_PORT": str(mail.port),
            "ROLLCALL_SMTP_SECURITY": "none",
            "ROLLCALL_LOG_LEVEL": "debug",
            "ROLLCALL_LOG_FORMAT": "json",
        }
        with open_house(database, env=env) as house:
            email = "olga.harbour@crew.example"
            made = house.server.init("Harbour", email)
            owner = Home(house.server, tmp_path / "owner", email, "the passphrase of the owner")
            yield Story(house, Mailbox(mail), tmp_path, owner, made)


def test_from_the_first_call_to_the_end_of_access(story: Story, canaille: Canaille) -> None:
    the_owner_makes_the_key(story)
    the_provider_reports(story)
    they_accept(story, canaille)
    a_policy_confirms_fifteen(story)
    all_of_them_open_one_key(story)
    one_loses_everything(story)
    nothing_that_was_kept_holds_a_secret(story)


def the_owner_makes_the_key(story: Story) -> None:
    owner = story.owner
    link = story.made["signInUrl"]
    story.secrets["sign-in link"] = end_of(link)
    owner.run("sign-in", link)
    owner.run("sign-in", link, code=1)  # it works once
    owner.run("key", "setup")
    owner.run("key", "create", "--key-file", owner.folder / "key.json")
    owner.run("key", "require")
    key = json.loads((owner.folder / "key.json").read_text())
    story.secrets["organization key"] = urlsafe_b64decode(key["k"] + "=")
    story.secrets["passphrase of the owner"] = owner.passphrase.encode()
    story.secrets["session of the owner"] = end_of(owner.cookie)


def the_provider_reports(story: Story) -> None:
    with httpx.Client() as client:
        wire = story.wire(client)
        for email in CREW + GUESTS:
            name, _, domain = email.partition("@")
            assert wire.find("/Users", f'userName eq "{email}"') == []
            wire.call("POST", "/Users", person(name, domain), status=201)


def they_accept(story: Story, canaille: Canaille) -> None:
    def accept(email: str) -> None:
        story.home(email).run("accept", story.mailbox.link_for(email, INVITED), "--keep-session")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(accept, (email for email in CREW + GUESTS if email != BY_SSO)))
    one_comes_by_single_sign_on(story, canaille)

    members = story.members()
    assert {members[email]["status"] for email in CREW + GUESTS} == {"ACCEPTED"}
    for number, token in enumerate(story.mailbox.links):
        story.secrets[f"link {number}"] = end_of(token)
    for email in CREW + GUESTS:
        story.secrets[f"passphrase of {email}"] = story.home(email).passphrase.encode()


def one_comes_by_single_sign_on(story: Story, canaille: Canaille) -> None:
    server = story.house.server
    client_id, client_secret = canaille.client(f"{server.url}/sign-in/oidc/callback")
    story.secrets["client secret"] = client_secret.encode()
    kept = story.folder / "client-secret"
    kept.write_text(client_secret)
    # On this machine the provider is one that only an operator may name.
    named = ("-o", "harbour", "--name", "Harbour's own", "--issuer", canaille.issuer)
    client = ("--client-id", client_id, "--client-secret-file", str(kept), "--trust-email")
    done = server.rollcall("oidc", "add", *named, *client, "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)

    with httpx.Client() as browser:
        begun = browser.get(made["startUrl"], params={"then": "/accept"})
        back = canaille.person(BY_SSO).sign_in(begun.headers["location"])
        arrived = browser.get(back.headers["location"])
        assert arrived.headers["location"].endswith("/accept")
        session = browser.cookies["rollcall-session"]
    story.secrets["session by single sign-on"] = end_of(session)
    token = story.mailbox.link_for(BY_SSO, INVITED).partition("#")[2]
    pair, keys = locked_pair(story.home(BY_SSO).passphrase)
    story.secrets["private key"] = urlsafe_b64decode(pair.as_dict(private=True)["d"] + "=")
    accepted = ask(
        server, ACCEPT, {"input": {"token": token, **keys}}, cookie=f"rollcall-session={session}"
    )
    assert data(accepted)["acceptInvitation"]["membership"]["status"] == "ACCEPTED"

    def words() -> str:
        (own,) = data(ask(server, OWN, {}, cookie=f"rollcall-session={session}"))["viewer"][
            "account"
        ]["memberships"]
        key = unwrap(own["wrappedOrganizationKey"], pair, story.organization_id)
        return organization_fingerprint(key)

    story.made["words by single sign-on"] = words


def a_policy_confirms_fifteen(story: Story) -> None:
    owner = story.owner
    (owner.folder / "policy.toml").write_text(
        'email_domains = ["crew.example"]\nprovisioned_by_scim = true\n'
    )
    watcher = owner.left_running(
        *("confirm", "--watch", "--policy", owner.folder / "policy.toml", "--json"),
        *("--key-file", owner.folder / "key.json"),
    )
    try:

        def confirmed() -> set[str]:
            members = story.members()
            return {email for email, node in members.items() if node["status"] == "CONFIRMED"}

        await_that(lambda: len(confirmed()) == 1 + len(CREW), "all of the crew", within=60)
        time.sleep(1)  # long enough for the watcher to confirm one too many
        assert confirmed() == {owner.email, *CREW}
    finally:
        watcher.send_signal(signal.SIGTERM)
        assert watcher.wait(30) == 0
    members = story.members()
    assert {members[email]["status"] for email in GUESTS} == {"ACCEPTED"}
    assert {members[email]["keyState"] for email in CREW} == {"CURRENT"}
    lines = (owner.folder / "watch.log").read_text().splitlines()
    said = [json.loads(line) for line in lines if line.startswith("{")]
    assert sorted(row["email"] for row in said if row["result"] == "CONFIRMED") == CREW
    assert sorted(row["email"] for row in said if row["result"] == "LEFT") == GUESTS


def all_of_them_open_one_key(story: Story) -> None:
    with ThreadPoolExecutor(4) as pool:
        homes = [story.owner, *(story.home(email) for email in CREW if email != BY_SSO)]
        words = list(pool.map(Home.organization_words, homes))
    words.append(story.made["words by single sign-on"]())

    assert len(words) == 1 + len(CREW)
    assert len(set(words)) == 1
    assert len(words[0].split()) == 6


def one_loses_everything(story: Story) -> None:
    server, fallen = story.house.server, story.home(FALLEN)
    member = story.members()[FALLEN]
    role = {"memberId": member["id"], "role": "ADMIN"}
    data(ask(server, PROMOTE, {"input": role}, cookie=story.owner.cookie))
    wanted = {"organizationId": story.org, "name": "a dashboard", "scopes": ["MEMBERS_READ"]}

    def made() -> Any:
        return ask(server, TOKEN, {"input": wanted}, cookie=fallen.cookie).json().get("data")

    await_that(lambda: made() is not None, "the new role counts")
    secret = made()["createAccessToken"]["secret"]
    story.secrets["access token of a member"] = end_of(secret)
    reads = {"id": story.org}
    assert ask(server, MEMBERS, reads, authorization=f"Bearer {secret}").status_code == 200

    with httpx.Client() as client:
        off = {"op": "replace", "value": {"active": False}}
        story.wire(client).patch(f"/Users/{member['scimId']}", off)
    time.sleep(1)

    ended = ask(server, MEMBERS, reads, authorization=f"Bearer {secret}")
    assert ended.status_code == 401
    refused = ask(server, MEMBERS, reads, cookie=fallen.cookie).json()
    assert refused.get("data") is None
    viewer = data(ask(server, OWN, {}, cookie=fallen.cookie))["viewer"]
    assert viewer["organization"] is None
    (membership,) = viewer["account"]["memberships"]
    assert (membership["status"], membership["wrappedOrganizationKey"]) == ("REVOKED", None)
    fallen.run("key", "show", "--fingerprint", code=1)


def nothing_that_was_kept_holds_a_secret(story: Story) -> None:
    for name in ("scimApiKey", "accessToken"):
        story.secrets[name] = end_of(story.made[name])
    kept = {"the log": story.house.server.log.read_bytes(), "the database": dump(story.house)}
    assert b"sailor03" in kept["the database"]
    assert len(kept["the log"]) > 10_000
    assert len(story.secrets) >= len(CREW + GUESTS) * 2 + 8

    found = [
        (place, name)
        for place, content in kept.items()
        for name, secret in story.secrets.items()
        for form in forms_of(secret)
        if form in content
    ]

    assert found == []
