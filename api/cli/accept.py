"""`rollcall accept`: an invitation is accepted without a browser, by a person or a script."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.console import Line, print_result, say
from api.cli.remote import (
    PassphraseOption,
    ServerOption,
    SessionOption,
    Where,
    ask,
    passphrase_of,
    where,
)
from api.cli.session import AsJson, fail, interactive
from api.cli.sign_in import end_session, link_text
from api.remote.errors import RemoteError
from api.remote.introduction import Introduction
from api.remote.links import ACCEPT, read_link
from api.remote.people import OwnMembership, Person, new_keys_input, read_person
from api.remote.server import RemoteServer
from api.remote.session_file import StoredSession
from domain.keys.account_keys import lock, new_key_pair
from domain.keys.fingerprint import member_fingerprint

app = typer.Typer(add_completion=False)

_PREVIEW = """
query Preview($token: String!) {
  invitationPreview(token: $token) {
    state problem organizationName email expiresAt accountExists accountHasKeys keyHandshake
    requireSso
  }
}
"""
_ACCEPT = """
mutation Accept($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) {
    changed
    membership {
      organizationId organizationUuid organizationName organizationSlug memberId memberUuid
      status role keyHandshake keyVersion keyState wrappedOrganizationKey
    }
    errors { code message }
  }
}
"""
_NEW_LINK = """
mutation NewLink($input: RequestNewInvitationLinkInput!) {
  requestNewInvitationLink(input: $input) { errors { code message } }
}
"""
_PROBLEMS = {
    "EXPIRED": "The link has expired. Ask for a new one: rollcall accept --new-link LINK",
    "USED": "The invitation was accepted already. Sign in: rollcall sign-in --email YOUR-ADDRESS",
    "REPLACED": "A newer invitation was sent: use the link in the newest mail.",
    "REVOKED": "The invitation was withdrawn. Ask whoever invited you.",
    "ADDRESS_CHANGED": "Your address was changed: use the link sent to the new one.",
    "WRONG_ACCOUNT": "You are signed in as somebody else: rollcall sign-in --sign-out",
}


@app.command()
def accept(  # noqa: PLR0917 options
    link: Annotated[
        str, typer.Argument(help="The link from the mail; - reads it from standard input.")
    ],
    name: Annotated[str | None, typer.Option(help="How you are called.")] = None,
    passphrase_file: PassphraseOption = None,
    keep: Annotated[
        bool, typer.Option("--keep-session", help="Stay signed in; --session FILE means it, too.")
    ] = False,
    session: SessionOption = None,
    new_link: Annotated[
        bool, typer.Option("--new-link", help="Have a new link sent for one that has expired.")
    ] = False,
    server: ServerOption = None,
    as_json: AsJson = False,
) -> None:
    """Accept an invitation: makes your key pair, locked with a passphrase that only you know."""
    try:
        found = read_link(link_text(link), ACCEPT)
    except RemoteError as error:
        fail(str(error))
    place = where(server, session, found.server)
    introduction = place.introduction()

    async def preview(remote: RemoteServer) -> dict[str, Any]:
        answer = await remote.ask(_PREVIEW, token=found.token)
        if answer["invitationPreview"] is None:
            raise RemoteError(
                "This link opens no invitation here. Copy all of it from the newest mail; if that"
                " is what you did, the invitation was taken back: ask whoever invited you."
            )
        shown: dict[str, Any] = answer["invitationPreview"]
        return shown

    if new_link:
        ask(place.url, Introduction(), lambda remote: _request(remote, found.token))
        say("If the invitation still stands, a new link is on its way.")
        return
    shown = ask(place.url, Introduction(), preview)
    if shown["problem"] is not None:
        fail(_PROBLEMS.get(shown["problem"], f"The link does not work: {shown['problem']}."))
    say(f"{shown['organizationName']} invites {shown['email']}, at {place.url}.")
    if shown["accountExists"]:
        _expect_session(place, introduction, shown["email"])
    else:
        introduction = Introduction()
    given: dict[str, Any] = {"token": found.token, "name": name}
    if not shown["accountHasKeys"] and _wants_keys(shown, passphrase_file):
        pair = new_key_pair()
        given |= new_keys_input(pair, lock(pair, passphrase_of(passphrase_file, new=True)))

    async def accept_it(remote: RemoteServer) -> tuple[OwnMembership, str | None]:
        payload = await remote.do(_ACCEPT, input=given)
        cookie = remote.session_cookie
        if cookie is not None and (keep or session is not None):
            place.sessions.keep(place.url, StoredSession(shown["email"], cookie))
        elif cookie not in {None, introduction.cookie}:
            await end_session(place.url, cookie)
        membership = OwnMembership.of(payload["membership"])
        return membership, await _phrase(remote, given, membership)

    membership, phrase = ask(place.url, introduction, accept_it)
    _print(membership, shown["email"], phrase, as_json=as_json)


def _wants_keys(shown: dict[str, Any], passphrase_file: Path | None) -> bool:
    return shown["keyHandshake"] == "REQUIRED" or passphrase_file is not None


async def _request(remote: RemoteServer, token: str) -> None:
    await remote.do(_NEW_LINK, input={"token": token})


def _expect_session(place: Where, introduction: Introduction, email: str) -> None:
    """Ends the command where the account's owner is not signed in."""
    hint = f"{email} has an account here: sign in first, rollcall sign-in --email {email}"
    if introduction.cookie is None:
        fail(hint)

    async def who(remote: RemoteServer) -> Person:
        return await read_person(remote)

    if ask(place.url, introduction, who).email.casefold() != email.casefold():
        fail(f"You are signed in as somebody else. {hint}")


async def _phrase(
    remote: RemoteServer, given: dict[str, Any], membership: OwnMembership
) -> str | None:
    """The six words of the new key, or of the one the account had."""
    if "publicKey" in given:
        return member_fingerprint(given["publicKey"]["kid"], membership.member_uuid)
    if remote.introduction.kind == "session":
        return (await read_person(remote)).phrase(membership)
    return None


def _print(membership: OwnMembership, email: str, phrase: str | None, *, as_json: bool) -> None:
    lines = [
        Line("organization", "organization", membership.slug),
        Line("e-mail", "email", email),
        Line("status", "status", membership.status),
        Line("member id", "memberId", membership.member_id),
        Line("your fingerprint", "fingerprint", phrase),
    ]
    print_result(lines, as_json=as_json)
    if not as_json and interactive() and membership.status == "ACCEPTED":
        say("\nAn administrator confirms you next, and may ask you for your fingerprint's words.")
