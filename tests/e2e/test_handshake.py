"""From the provider's first call to the end of access: the whole handshake, over real wires.

A real PostgreSQL, mail server and OpenID provider; people with machines of their own. Of twenty
whom the provider reports a policy confirms fifteen. What the server keeps, and what everything
logged, is searched for secrets, byte by byte.
"""

from __future__ import annotations

import json
import os
import signal
import time
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from domain.keys.account_keys import unlock
from domain.keys.fingerprint import organization_fingerprint
from domain.keys.organization_key import unwrap
from tests.e2e.handshake_story import *  # noqa: F403 - its fixture
from tests.e2e.handshake_story import (
    BY_SSO,
    CREW,
    EVERYBODY,
    GUESTS,
    LEFT,
    LOGIN,
    MEMBERS,
    TRAINEES,
    Story,
)
from tests.e2e.kept import dump, end_of, forms_of
from tests.e2e.people import Home, ask, data, locked_pair
from tests.e2e.wire import GROUP, person
from tests.support.canaille import *  # noqa: F403 - its fixtures
from tests.support.canaille import Canaille
from tests.support.database import RUN_FOLDER
from tests.support.house import await_that

FALLEN = CREW[3]
INVITED = "Invitation"
CONFIRMED = "You are confirmed"
ENDED = "Your access to Harbour has ended"

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


def test_from_the_first_call_to_the_end_of_access(story: Story, canaille: Canaille) -> None:
    the_owner_makes_the_key(story)
    the_provider_reports(story)
    the_mails_arrive(story)
    they_accept(story, canaille)
    a_policy_confirms_the_crew(story)
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


def the_provider_reports(story: Story) -> None:
    """As Okta does: look, create, then push the group and who is in it."""
    with httpx.Client() as client:
        wire = story.wire(client)
        for email in EVERYBODY:
            name, _, domain = email.partition("@")
            assert wire.find("/Users", f'userName eq "{email}"') == []
            made = wire.call("POST", "/Users", person(name, domain), status=201)
            story.people[email] = made["id"]
        crew = {"schemas": [GROUP], "displayName": "Crew", "members": []}
        group = wire.call("POST", "/Groups", crew, status=201)["id"]
        members = [{"value": story.people[email], "display": email} for email in CREW + GUESTS]
        added = {"op": "add", "path": "members", "value": members}
        wire.patch(f"/Groups/{group}", added, status=204)


def the_mails_arrive(story: Story) -> None:
    await_that(lambda: len(story.letters(INVITED)) == len(EVERYBODY), "all mails", within=60)
    letters = story.letters(INVITED)
    assert sorted(letter.recipients[0] for letter in letters) == sorted(EVERYBODY)
    assert {(letter.encrypted, letter.login) for letter in letters} == {(True, LOGIN[0])}


def they_accept(story: Story, canaille: Canaille) -> None:
    def accept(email: str) -> None:
        story.home(email).run("accept", story.mailbox.link_for(email, INVITED), "--keep-session")

    by_command = [email for email in EVERYBODY if email != BY_SSO]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(accept, by_command))
    one_comes_by_single_sign_on(story, canaille)

    members = story.members()
    assert {members[email]["status"] for email in EVERYBODY} == {"ACCEPTED"}
    for number, token in enumerate(story.mailbox.links):
        story.secrets[f"link {number}"] = end_of(token)
    locked = dict(
        story.house.blocking.run(
            story.house.blocking.app.pool.fetch("SELECT email, encrypted_private_key FROM accounts")
        )
    )
    for email in [story.owner.email, *by_command]:
        home = story.owner if email == story.owner.email else story.home(email)
        story.secrets[f"passphrase of {email}"] = home.passphrase.encode()
        story.secrets[f"session of {email}"] = end_of(home.cookie)
        private = unlock(locked[email], home.passphrase).as_dict(private=True)
        story.secrets[f"private key of {email}"] = urlsafe_b64decode(str(private["d"]) + "=")


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
    story.secrets[f"passphrase of {BY_SSO}"] = story.home(BY_SSO).passphrase.encode()
    story.secrets[f"private key of {BY_SSO}"] = urlsafe_b64decode(
        pair.as_dict(private=True)["d"] + "="
    )
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


def a_policy_confirms_the_crew(story: Story) -> None:
    owner = story.owner
    (owner.folder / "policy.toml").write_text(
        'email_domains = ["crew.example"]\ngroups = ["Crew"]\nprovisioned_by_scim = true\n'
    )
    scopes = ("MEMBERS_READ", "MEMBERS_CONFIRM", "ORGANIZATION_READ", "GROUPS_READ")
    named = [word for scope in scopes for word in ("--scope", scope)]
    issued = story.house.server.rollcall(
        "token", "create", "-o", "harbour", "--name", "confirms", *named, "--json"
    )
    token = json.loads(issued.stdout)["accessToken"]
    story.secrets["access token of the script"] = end_of(token)
    (owner.folder / "token").write_text(token)
    (owner.folder / "token").chmod(0o600)
    watcher = owner.left_running(
        *("confirm", "--watch", "--policy", owner.folder / "policy.toml", "--json"),
        *("--key-file", owner.folder / "key.json", "--token-file", owner.folder / "token"),
    )
    try:

        def confirmed() -> list[str]:
            members = story.members()
            return [email for email, node in members.items() if node["status"] == "CONFIRMED"]

        await_that(lambda: len(confirmed()) >= 1 + len(CREW), "all of the crew", within=60)
        time.sleep(1)  # long enough for the watcher to confirm one too many
        assert sorted(confirmed()) == sorted([owner.email, *CREW])
    finally:
        watcher.send_signal(signal.SIGTERM)
        assert watcher.wait(30) == 0
    members = story.members()
    assert {members[email]["status"] for email in LEFT} == {"ACCEPTED"}
    assert {members[email]["keyState"] for email in CREW} == {"CURRENT"}
    lines = (owner.folder / "watch.log").read_text().splitlines()
    said = [json.loads(line) for line in lines if line.startswith("{")]
    assert sorted(row["email"] for row in said if row["result"] == "CONFIRMED") == CREW
    assert {row["email"]: row["message"] for row in said if row["result"] == "LEFT"} == {
        **dict.fromkeys(GUESTS, "the policy does not name the domain visitors.example"),
        **dict.fromkeys(TRAINEES, "is in none of the policy's groups"),
    }
    await_that(lambda: len(story.letters(CONFIRMED)) >= len(CREW), "the good news", within=60)
    assert sorted(letter.recipients[0] for letter in story.letters(CONFIRMED)) == CREW


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
    await_that(lambda: bool(story.letters(ENDED)), "the mail that it has ended", within=60)
    assert [letter.recipients for letter in story.letters(ENDED)] == [[FALLEN]]


def nothing_that_was_kept_holds_a_secret(story: Story) -> None:
    for name in ("scimApiKey", "accessToken"):
        story.secrets[name] = end_of(story.made[name])
    kept = {"the log": story.house.server.log.read_bytes(), "the database": dump(story.house)}
    printed = sorted(story.folder.glob("*/*.log"))
    kept |= {f"what {path.parent.name} was told": path.read_bytes() for path in printed}
    # Of a database that somebody else runs there is no log here.
    theirs = Path(os.environ[RUN_FOLDER]).glob("data/**/*.log")
    kept |= {f"the database's {path.name}": path.read_bytes() for path in theirs}

    for table in ("accounts", "members", "invitations", "sessions", "access_tokens", "mails"):
        assert f"\n{table}: (".encode() in kept["the database"], table
    assert b"sailor03" in kept["the database"]
    assert len(kept["the log"]) > 10_000
    assert b'"result":"CONFIRMED"' in kept["what owner was told"]
    assert len(printed) == len(EVERYBODY) + 1  # the owner's two, and of one the browser's nothing
    assert len(story.secrets) == 3 * len([story.owner, *EVERYBODY]) + len(EVERYBODY) + 8

    found = [
        (place, name)
        for place, content in kept.items()
        for name, secret in story.secrets.items()
        for form in forms_of(secret)
        if form in content
    ]

    assert found == []
