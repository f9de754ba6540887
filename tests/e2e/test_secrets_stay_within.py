"""What a server keeps and what it tells, in figures, traces, logs and refusals, is no secret.

Two server processes whose traces go to a collector and whose log is as talkative as can be. Every
kind of secret is used as it is meant; then it is presented at every door and in every place of a
request, whole and mistyped; then again while the database has lost its tables, so that faults are
logged with their stacks. What came out is searched byte by byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from domain.ids import UUID
from graphql_schema.ids import Kind, make_id
from tests.e2e.everywhere import Doors
from tests.e2e.kept import dump, forms_of
from tests.e2e.people import Mailbox, ask, data, locked_pair
from tests.e2e.wire import person
from tests.support.collector import Collector, running_collector
from tests.support.database import DatabaseFactory
from tests.support.house import House, open_house
from tests.support.mail_server import MailServer

OWNER, GUEST = "olga@harbour.example", "gert@harbour.example"
DEPLOYMENT_SECRET = "the-deployment-secret-that-every-key-is-made-from"
PASSPHRASE = "the-passphrase-of-somebody-careful"
PASSWORD = "the-password-that-a-provider-sends"
CLIENT_SECRET = "the-client-secret-at-an-OpenID-provider"
FORMLESS = {
    "secret of the deployment": DEPLOYMENT_SECRET,
    "password at a provider": PASSWORD,
    "passphrase": PASSPHRASE,
    "client secret at an OpenID provider": CLIENT_SECRET,
}
"""Which nothing tells from other words."""

REDEEM = """mutation Redeem($input: RedeemSignInLinkInput!) {
  redeemSignInLink(input: $input) { changed errors { message } } }"""
ACCEPT = """mutation Accept($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) { changed errors { message } } }"""
PROVIDER = """mutation Provider($input: CreateOidcProviderInput!) {
  createOidcProvider(input: $input) { changed errors { message } } }"""
CLIENT = """mutation Client($input: CreateScimApiKeyInput!) {
  createScimApiKey(input: $input) { clientId apiKey errors { message } } }"""


@dataclass(slots=True)
class Story:
    """A server, where its traces and mails go, and what it must not tell."""

    house: House
    mailbox: Mailbox
    collector: Collector
    made: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def users(self) -> str:
        return f"/v2/{self.made['organizationId']}/Users"


@pytest.fixture
def story(database_factory: DatabaseFactory, worker_id: str) -> Iterator[Story]:
    database = database_factory.clone(f"e2e_secrets_{worker_id}")
    with MailServer() as mail, running_collector() as collector:
        env = {
            "ROLLCALL_SMTP_HOST": "127.0.0.1",
            "ROLLCALL_SMTP_PORT": str(mail.port),
            "ROLLCALL_SMTP_SECURITY": "none",
            "ROLLCALL_LOG_LEVEL": "debug",
            "ROLLCALL_LOG_FORMAT": "json",
            "ROLLCALL_OTLP_ENDPOINT": collector.url,
            "ROLLCALL_SECRET_KEY": DEPLOYMENT_SECRET,
            # Else how many operations come as far as a fault is a matter of speed.
            "ROLLCALL_GRAPHQL_OPERATIONS_PER_MINUTE": "0",
            "ROLLCALL_GRAPHQL_ANONYMOUS_OPERATIONS_PER_MINUTE": "0",
        }
        with open_house(database, workers=2, env=env) as house:
            made = house.server.init("Harbour", OWNER)
            yield Story(house, Mailbox(mail), collector, made)


def test_no_figure_trace_log_or_refusal_holds_a_secret(story: Story) -> None:
    with httpx.Client(base_url=story.house.server.url) as client:
        all_kinds_are_made_and_used(story, client)
        kept = dump(story.house)
        doors = Doors(client, story.users, story.made["scimApiKey"], story.made["accessToken"])
        refusals = presented(story, doors, str, mistyped)
        the_tables_are_lost(story)
        faults = presented(story, doors, str)
        figures = client.get("/metrics").content
    assert story.house.server.stop() == 0
    told = {
        "the database": kept,
        "the figures": figures,
        "the traces": b"\n".join(story.collector.bodies),
        "the log": story.house.server.log.read_bytes(),
    }

    # It was a day worth telling of.
    assert len(story.secrets) == 12
    assert GUEST.encode() in kept
    assert {b"400", b"401", b"404", b"429"} <= {answer[:3] for _, answer in refusals}
    assert b"500" in {answer[:3] for _, answer in faults}
    assert b'status="500"' in told["the figures"]
    assert b"UndefinedTableError" in told["the traces"]
    assert told["the log"].count(b'"exception": "') > 20
    # And whoever was told to quote the request is found in the log.
    quoted = [
        found[1]
        for _, answer in faults
        if answer[:3] == b"500"
        for found in [re.search(rb"(?m)^x-request-id: (.+)$", answer)]
        if found is not None
    ]
    assert len(quoted) > 20
    assert [each for each in quoted if each not in told["the log"]] == []
    correlated = [
        each for _, answer in faults for each in re.findall(rb'"correlationId":"([^"]+)"', answer)
    ]
    assert len(correlated) > 5, [answer for _, answer in faults if b'"extensions"' in answer]
    assert [each for each in correlated if each not in told["the log"]] == []

    assert {
        (place, name)
        for place, content in told.items()
        for name, secret in story.secrets.items()
        if holds(content, secret)
    } == set()
    assert {
        (place, person)
        for place, content in told.items()
        for person in (OWNER, GUEST)
        if person.encode() in content and place != "the database"
    } == set()
    # A refusal may quote what it refuses: a word of the caller's own, never what is known by its
    # form as a secret.
    assert {
        (name, answer)
        for asked, answer in refusals + faults
        for name, secret in story.secrets.items()
        if (asked != name or name not in FORMLESS) and holds(answer, secret)
    } == set()


def presented(
    story: Story, doors: Doors, *spellings: Callable[[str], str]
) -> list[tuple[str, bytes]]:
    """What refuses each secret, in each spelling, in every place, by the secret's name."""
    return [
        (name, answer)
        for name, secret in story.secrets.items()
        for spelling in spellings
        for answer in doors.present(spelling(secret))
        if answer[:1] != b"2"
    ]


def all_kinds_are_made_and_used(story: Story, client: httpx.Client) -> None:
    server, made, secrets = story.house.server, story.made, story.secrets
    org = make_id(Kind.ORGANIZATION, None, UUID(made["organizationId"]))
    bearer = f"Bearer {made['accessToken']}"
    secrets |= FORMLESS | {"API key": made["scimApiKey"], "access token": made["accessToken"]}

    # A provider reports somebody, by its key and as an OAuth client.
    body = person("gert", "harbour.example", password=PASSWORD)
    key = {"authorization": f"Bearer {made['scimApiKey']}"}
    assert client.post(story.users, json=body, headers=key).status_code == 201
    wanted = {"organizationId": org, "kind": "OAUTH_CLIENT", "idempotencyKey": "one"}
    issued = data(ask(server, CLIENT, {"input": wanted}, authorization=bearer))["createScimApiKey"]
    form = {"grant_type": "client_credentials", "client_id": issued["clientId"]}
    granted = client.post("/oauth/token", data=form | {"client_secret": issued["apiKey"]})
    secrets["secret of an OAuth client"] = issued["apiKey"]
    secrets["access token of an OAuth client"] = granted.json()["access_token"]
    oauth = {"authorization": f"Bearer {granted.json()['access_token']}"}
    assert client.get(story.users, headers=oauth).status_code == 200

    # The owner signs in and names an OpenID provider.
    link = made["signInUrl"].partition("#")[2]
    signed_in = ask(server, REDEEM, {"input": {"token": link}})
    assert data(signed_in)["redeemSignInLink"]["changed"]
    session = signed_in.cookies["rollcall-session"]
    secrets["sign-in link"], secrets["session of the owner"] = link, session
    provider = {
        "organizationId": org, "name": "Ours", "issuer": "https://id.harbour.example",
        "clientId": "rollcall", "clientSecret": CLIENT_SECRET,
    }  # fmt: skip
    data(ask(server, PROVIDER, {"input": provider}, cookie=f"rollcall-session={session}"))

    # Who was invited accepts.
    invitation = story.mailbox.link_for(GUEST, "Invitation").partition("#")[2]
    _, keys = locked_pair(PASSPHRASE)
    accepted = ask(server, ACCEPT, {"input": {"token": invitation, **keys}})
    assert data(accepted)["acceptInvitation"]["changed"]
    secrets["invitation link"] = invitation
    secrets["session of who accepted"] = accepted.cookies["rollcall-session"]


def the_tables_are_lost(story: Story) -> None:
    run, pool = story.house.blocking.run, story.house.blocking.app.pool
    sql = (
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace = 'public'::regnamespace"
    )
    for (table,) in run(pool.fetch(sql)):
        run(pool.execute(f'ALTER TABLE "{table}" RENAME TO "lost_{table}"'))


def mistyped(secret: str) -> str:
    return secret[:-4] + re.sub(r"\w", lambda letter: "0" if letter[0] != "0" else "1", secret[-4:])


def holds(content: bytes, secret: str) -> bool:
    """Whether it has the secret in any form, or as much of it as a mistyped one has."""
    own = secret[-43:].encode()
    return own[:-4] in content or any(form in content for form in forms_of(own))
