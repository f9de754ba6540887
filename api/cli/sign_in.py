"""`rollcall sign-in`: a session at a server, by a link that comes by mail."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.console import Line, print_result, say
from api.cli.remote import ServerOption, SessionOption, Where, ask, where
from api.cli.session import AsJson, fail, interactive
from api.remote.errors import RemoteError
from api.remote.introduction import Introduction
from api.remote.links import SIGN_IN, Link, read_link
from api.remote.server import RemoteServer
from api.remote.session_file import StoredSession

app = typer.Typer(add_completion=False)

_REQUEST = """
mutation RequestLink($input: RequestSignInLinkInput!) {
  requestSignInLink(input: $input) { errors { code message } }
}
"""
_REDEEM = """
mutation RedeemLink($input: RedeemSignInLinkInput!) {
  redeemSignInLink(input: $input) {
    viewer { account { email memberships { organizationSlug } } }
    errors { code message }
  }
}
"""
_SIGN_OUT = "mutation SignOut { signOut { changed errors { code message } } }"


@app.command()
def sign_in(  # noqa: PLR0917 options
    link: Annotated[
        str | None, typer.Argument(help="The link from the mail; - reads it from standard input.")
    ] = None,
    email: Annotated[str | None, typer.Option(help="Have a link sent to this address.")] = None,
    sign_out: Annotated[bool, typer.Option("--sign-out", help="End the session.")] = False,
    server: ServerOption = None,
    session: SessionOption = None,
    as_json: AsJson = False,
) -> None:
    """Sign in: first with --email, then with the link that comes by mail."""
    if [link is not None, email is not None, sign_out].count(True) != 1:
        raise typer.BadParameter("Give one of these: a link, --email ADDRESS, --sign-out.")
    try:
        found = None if link is None else read_link(link_text(link), SIGN_IN)
    except RemoteError as error:
        fail(str(error))
    place = where(server, session, None if found is None else found.server)
    if sign_out:
        _sign_out(place)
        return
    if email is not None:
        ask(place.url, Introduction(), lambda remote: _request(remote, email))
        say(f"If {email} is known at {place.url}, a link is on its way. It works for 15 minutes.")
        if not interactive():
            say("Then: rollcall sign-in LINK")
            return
        text = typer.prompt("The link from the mail", err=True)
        try:
            found = read_link(text, SIGN_IN)
        except RemoteError as error:
            fail(str(error))
    if found is not None:
        _redeem(place, found, as_json=as_json)


def link_text(given: str) -> str:
    """The link: command lines are seen by others on the machine, standard input is not."""
    return given if given != "-" else typer.get_text_stream("stdin").read()


async def _request(remote: RemoteServer, email: str) -> None:
    await remote.do(_REQUEST, input={"email": email})


def _redeem(place: Where, link: Link, *, as_json: bool) -> None:
    async def work(remote: RemoteServer) -> tuple[str, list[str]]:
        payload = await remote.do(_REDEEM, input={"token": link.token})
        if remote.session_cookie is None:
            raise RemoteError(f"{place.url} gave no session.")
        account = payload["viewer"]["account"]
        place.sessions.keep(place.url, StoredSession(account["email"], remote.session_cookie))
        return account["email"], [each["organizationSlug"] for each in account["memberships"]]

    email, organizations = ask(place.url, Introduction(), work)
    lines = [
        Line("signed in as", "email", email),
        Line("server", "server", place.url),
        Line("organizations", "organizations", organizations),
        Line("session file", "sessionFile", str(place.sessions.path)),
    ]
    print_result(lines, as_json=as_json)


def _sign_out(place: Where) -> None:
    introduction = place.introduction()
    if introduction.cookie is None:
        say(f"There is no session at {place.url}.")
        return

    async def work(remote: RemoteServer) -> None:
        await remote.do(_SIGN_OUT)

    try:
        ask(place.url, introduction, work)
    finally:
        # Whatever the server says, this machine forgets it.
        place.sessions.forget(place.url)
    say(f"Signed out of {place.url}.")


async def end_session(url: str, cookie: str) -> None:
    """End a session that nobody keeps. Raises RemoteError."""
    async with RemoteServer(url, Introduction(cookie=cookie)) as remote:
        await remote.do(_SIGN_OUT)
