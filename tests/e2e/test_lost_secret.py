"""The deployment's secret key is lost, or leaked, and replaced: what ends, and what goes on."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import httpx

from tests.e2e.people import LINK, Mailbox, ask, data, locked_pair
from tests.e2e.wire import person
from tests.support.blocking import blocking
from tests.support.database import DatabaseFactory
from tests.support.house import await_that
from tests.support.mail_server import MailServer
from tests.support.server import RunningServer, free_port, running_server

OWNER = "olga@harbour.example"
GUESTS = ("gert@harbour.example", "hanna@harbour.example")
REDEEM = """mutation ($input: RedeemSignInLinkInput!) {
  redeemSignInLink(input: $input) { changed errors { code } } }"""
ACCEPT = """mutation ($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) { changed errors { code message } } }"""
PREVIEW = """query ($token: String!) { invitationPreview(token: $token) { problem } }"""
ASK_AGAIN = """mutation ($input: RequestNewInvitationLinkInput!) {
  requestNewInvitationLink(input: $input) { changed errors { code } } }"""
TEN_MINUTES_LATER = "UPDATE invitations SET queued_at = queued_at - interval '11 min'"
VIEWER = "{ viewer { account { email } } }"


@dataclass(frozen=True, slots=True)
class Held:
    """What people and programs hold when the key is lost."""

    made: dict[str, Any]
    session: str
    sign_in: str
    invitations: list[str]
    oauth: dict[str, str]
    token: str

    def users(self, server: RunningServer, key: str) -> int:
        url = f"{server.url}/v2/{self.made['organizationId']}/Users"
        return httpx.get(url, headers={"authorization": f"Bearer {key}"}).status_code

    def new_token(self, server: RunningServer) -> str:
        answer = httpx.post(f"{server.url}/oauth/token", data=self.oauth)
        token: str = answer.json()["access_token"]
        return token


def redeemed(server: RunningServer, link: str) -> httpx.Response:
    return ask(server, REDEEM, {"input": {"token": link}})


def accepted(server: RunningServer, link: str) -> Any:
    _, keys = locked_pair("a passphrase of tests")
    answer = ask(server, ACCEPT, {"input": {"token": link, **keys}})
    return answer.json()["data"]["acceptInvitation"]


def problem(server: RunningServer, link: str) -> Any:
    shown = data(ask(server, PREVIEW, {"token": link}))["invitationPreview"]
    return shown["problem"]


ENDED = [{"code": "LINK_VOID", "message": "token has expired; ask for a new link."}]


def everything(server: RunningServer) -> Held:
    made = server.init("Harbour", OWNER)
    session = redeemed(server, made["signInUrl"].partition("#")[2]).cookies["rollcall-session"]
    another = json.loads(server.rollcall("sign-in-link", "--email", OWNER, "--json").stdout)
    users = f"{server.url}/v2/{made['organizationId']}/Users"
    key = {"authorization": f"Bearer {made['scimApiKey']}"}
    for guest in GUESTS:
        body = person(*guest.split("@"))
        assert httpx.post(users, json=body, headers=key).status_code == 201
    named = ("scim-key", "oauth-client", "--organization", "harbour", "--json")
    client = json.loads(server.rollcall(*named).stdout)
    oauth = {
        "grant_type": "client_credentials",
        "client_id": client["clientId"],
        "client_secret": client["clientSecret"],
    }
    invitations = [link_of(server, guest) for guest in GUESTS]
    held = Held(made, session, tail(another["signInUrl"]), invitations, oauth, "")
    return replace(held, token=held.new_token(server))


def link_of(server: RunningServer, guest: str) -> str:
    """What is mailed as soon as there is a mail server."""
    shown = server.rollcall("mail", "show", guest).stdout
    found = LINK.search(shown)
    assert found is not None, shown
    return found["token"]


def tail(url: str) -> str:
    return url.partition("#")[2]


def test_what_a_new_key_ends_and_what_goes_on(
    database_factory: DatabaseFactory, worker_id: str
) -> None:
    database = database_factory.clone(f"e2e_lost_secret_{worker_id}")
    port = {"ROLLCALL_PORT": str(free_port())}
    with running_server(database=database, env=port | {"ROLLCALL_SECRET_KEY": "o" * 40}) as server:
        held = everything(server)
        assert held.users(server, held.token) == 200

    with MailServer() as mail:
        mailbox = Mailbox(mail)
        env = port | {
            "ROLLCALL_SECRET_KEY": "n" * 40,
            "ROLLCALL_SMTP_HOST": "127.0.0.1",
            "ROLLCALL_SMTP_PORT": str(mail.port),
            "ROLLCALL_SMTP_SECURITY": "none",
        }
        with running_server(database=database, env=env) as server:
            # Links that were handed out have ended, whoever holds them.
            for link in held.invitations:
                assert accepted(server, link) == {"changed": False, "errors": ENDED}
                assert problem(server, link) == "EXPIRED"
            refused = redeemed(server, held.sign_in).json()["data"]["redeemSignInLink"]
            assert (refused["changed"], refused["errors"]) == (False, [{"code": "LINK_VOID"}])

            # Mails that had not left yet come with links that the new key makes.
            waited = tail(mailbox.link_for(GUESTS[0], "Invitation"))
            assert waited != held.invitations[0]
            assert accepted(server, waited)["changed"] is True
            again = json.loads(server.rollcall("sign-in-link", "--email", OWNER, "--json").stdout)
            made = redeemed(server, tail(again["signInUrl"]))
            assert data(made)["redeemSignInLink"]["changed"] is True

            # Sessions and keys go on.
            cookie = f"rollcall-session={held.session}"
            viewer = data(ask(server, VIEWER, {}, cookie=cookie))["viewer"]
            assert viewer["account"] == {"email": OWNER}
            assert held.users(server, held.made["scimApiKey"]) == 200

            # Tokens of OAuth clients end, and a client fetches another one.
            assert held.users(server, held.token) == 401
            assert held.users(server, held.new_token(server)) == 200

            # Who holds a link that has ended asks for another, ten minutes after the first.
            mailbox.link_for(GUESTS[1], "Invitation")
            with blocking(database.owner_url) as runner:
                runner.run(runner.app.pool.execute(TEN_MINUTES_LATER))
            seen = len(mail.letters)
            data(ask(server, ASK_AGAIN, {"input": {"token": held.invitations[1]}}))
            await_that(lambda: len(mail.letters) > seen, "the new mail has come")
            assert problem(server, held.invitations[1]) == "REPLACED"
            assert accepted(server, tail(mailbox.link_for(GUESTS[1], "Invitation")))["changed"]
