"""`rollcall run`: the server for a first look, with an organization to try it out."""

from __future__ import annotations

from importlib import import_module

import typer

from api.cli.console import STDOUT, say
from api.cli.serve import Host, Port, Workers
from api.cli.session import fail, settings_of
from api.database import DatabaseUrls, connect, holds_organizations
from api.logs import set_up_logs
from api.server import serve as run_server
from api.settings import Settings
from api.start_error import StartError

app = typer.Typer(add_completion=False)

NAME = "Demo"


@app.command()
def run(host: Host = None, port: Port = None, workers: Workers = None) -> None:
    """Like serve; makes the organization Demo when there is none, and says how to go on."""
    settings = settings_of(host=host, port=port, workers=workers)
    set_up_logs(settings.log_level, settings.log_format)
    welcome = Welcome(settings)
    try:
        run_server(settings, prepare=welcome.prepare, on_ready=welcome.show)
    except StartError as error:
        fail(str(error))


class Welcome:
    """Makes what a first look needs, and tells it once the server answers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._text = _later(settings)

    async def prepare(self, urls: DatabaseUrls) -> None:
        """Make the organization where there is none."""
        connection = await connect(urls.owner)
        try:
            if await holds_organizations(connection):
                return
        finally:
            await connection.close()
        # The domain takes a second to import, which later starts spare.
        self._text = await import_module("api.cli.first_look").prepare(self._settings, urls, NAME)

    async def show(self) -> None:
        """Say how to go on."""
        say("")
        STDOUT.print(self._text)
        say("\nStop with Ctrl-C.\n")


def _later(settings: Settings) -> str:
    return f"""\
Rollcall serves {settings.public_url}. Keys and tokens were shown when they were made.
  organizations          .venv/bin/rollcall organization list
  a new SCIM key         .venv/bin/rollcall scim-key rotate --organization NAME
  a new access token     .venv/bin/rollcall token create --organization NAME --name … --all-scopes
  a link to sign in      .venv/bin/rollcall sign-in-link --email ADDRESS
  both for one day       eval "$(.venv/bin/rollcall env --organization NAME)"
  sample provisioning    make demo"""
