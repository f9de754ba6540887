"""The command `rollcall`: which commands there are; each is imported when it is called."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from api.cli.option_names import remember_options
from api.cli.plain_help import make_plain
from api.spawn import spawn_early

# In the order in which they are met.
COMMANDS = {
    "run": "Start the server, with a first organization to try it out.",
    "serve": "Start the server.",
    "migrate": "Bring the database to the newest version of its schema.",
    "init": "Make an organization with its owner, SCIM key and access token.",
    "sign-in-link": "Make a link with which somebody signs in.",
    "organization": "List organizations.",
    "scim": "Switch SCIM on or off and choose its provider.",
    "scim-key": "Rotate, list and revoke SCIM keys, and make OAuth clients.",
    "oidc": "Let people sign in with OpenID providers of an organization.",
    "token": "Make, list and revoke access tokens for the GraphQL API.",
    "audit": "Export, verify and watch the history of an organization.",
    "sign-in": "Sign in to a server, from any machine.",
    "accept": "Accept an invitation without a browser.",
    "key": "Make, unlock and rotate the key that an organization shares.",
    "confirm": "Confirm members who accepted, once or continuously.",
    "mail": "Read the mails that wait, were sent or failed.",
    "env": "Print a key and a token that last a day, as shell variables.",
    "backup": "Write the embedded database into a file.",
    "restore": "Bring such a file back.",
    "distribute": "Spread the tables over a Citus cluster.",
    "doctor": "Check the deployment and say what to do.",
    "demo": "Play identity providers against the running server.",
}

# They start a server process, whose imports then run beside their own.
SERVING = ("run", "serve")


class LateCommands(TyperGroup):
    """Imports a command's module when it is called: others' imports would double each start."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """A command by name, as far as lists and suggestions need it."""
        text = COMMANDS.get(cmd_name)
        return None if text is None else TyperCommand(cmd_name, help=text, short_help=text)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name, complete."""
        name, found, rest = super().resolve_command(ctx, args)
        if name is None or found is None:
            return name, found, rest
        if name in SERVING and "--help" not in rest:
            spawn_early()
        module = import_module(f"api.cli.{name.replace('-', '_')}")
        command = typer.main.get_command(module.app)
        is_group = hasattr(command, "commands")
        command.help = COMMANDS[name] if is_group else f"{COMMANDS[name]}\n\n{command.help}"
        remember_options(command)
        make_plain(command, ctx)
        return name, command, rest


app = typer.Typer(
    cls=LateCommands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rollcall {version('rollcall')}")
        raise typer.Exit


@app.callback()
def rollcall(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Memberships of organizations: SCIM 2.0 in, invitations out, GraphQL to see and steer.

    Settings are environment variables, the same for every command: see docs/settings.md.
    """
