"""What the commands have in common that ask a server over HTTP, from whatever machine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import typer

from api.cli.console import say
from api.cli.option_names import in_options
from api.cli.secret_input import secret_in
from api.cli.session import INTERRUPTED, fail, interactive, settings_of
from api.remote.errors import RemoteError, Stopped
from api.remote.introduction import Introduction
from api.remote.server import Pause, RemoteServer, server_url
from api.remote.session_file import SessionFile, config_folder
from domain.keys.account_keys import MIN_PASSPHRASE

Result = TypeVar("Result")

PASSPHRASE = "ROLLCALL_PASSPHRASE"  # noqa: S105 - the name of a variable

ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        envvar="ROLLCALL_SERVER_URL",
        help="The server's public address; that of the settings without.",
    ),
]
SessionOption = Annotated[
    Path | None,
    typer.Option(
        "--session", help="File of the session; without, sessions.json in ~/.config/rollcall."
    ),
]
OrganizationOption = Annotated[
    str | None,
    typer.Option("--organization", "-o", help="Its id or slug; not needed where you have one."),
]
PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", help=f"File of the passphrase; without, {PASSPHRASE} or a question."
    ),
]


@dataclass(frozen=True, slots=True)
class Where:
    """A server, and the file with the sessions of whoever asks it."""

    url: str
    sessions: SessionFile

    def introduction(
        self, organization: str | None = None, *, takes_token: bool = False
    ) -> Introduction:
        """By the session that is kept, if there is one."""
        known = self.sessions.find(self.url)
        return Introduction(
            cookie=None if known is None else known.cookie,
            organization=organization,
            takes_token=takes_token,
        )


def where(server: str | None, session: Path | None, link: str | None = None) -> Where:
    """Which server is asked: the one that is named, that of the link, that of the settings."""
    try:
        url = server_url(server or link or settings_of().public_url)
    except RemoteError as error:
        fail(str(error))
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        say(f"Warning: {url} is not https: whoever is on the way can read along.")
    return Where(url, SessionFile(session or config_folder() / "sessions.json"))


def ask(
    url: str,
    introduction: Introduction,
    work: Callable[[RemoteServer], Awaitable[Result]],
    *,
    pause: Pause = asyncio.sleep,
) -> Result:
    """The result of `work` with a server; what it cannot do ends the command with one line."""

    async def asked() -> Result:
        async with RemoteServer(url, introduction, pause=pause) as server:
            return await work(server)

    try:
        return asyncio.run(asked())
    except RemoteError as error:
        fail(in_options(str(error)))
    except (Stopped, KeyboardInterrupt):
        fail("Interrupted.", INTERRUPTED)


def access_token(file: Path | None) -> str | None:
    """The token in the file, or in ROLLCALL_ACCESS_TOKEN; None where neither is given."""
    if file is None:
        return os.environ.get("ROLLCALL_ACCESS_TOKEN", "").strip() or None
    text = secret_in(file).strip()
    if not text:
        # Not by a session instead: who names a token means to do no more than it may.
        fail(f"{file} is empty: it should hold an access token.")
    return text


def passphrase_of(file: Path | None, *, new: bool = False) -> str:
    """The passphrase; a new one is asked for twice."""
    text = os.environ.get(PASSPHRASE, "") if file is None else secret_in(file)
    if not text:
        if file is not None or not interactive():
            fail(f"Give the passphrase: --passphrase-file FILE or {PASSPHRASE}.")
        text = typer.prompt(
            "New passphrase" if new else "Passphrase",
            hide_input=True,
            confirmation_prompt=new,
            err=True,
        )
    if new and len(text) < MIN_PASSPHRASE:
        fail(f"A passphrase has at least {MIN_PASSPHRASE} characters. Several words are best.")
    return text
