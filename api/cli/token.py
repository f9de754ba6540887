"""`rollcall token`: access tokens for the GraphQL API."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from api.cli.console import Line, print_result
from api.cli.session import AsJson
from api.cli.work import execute, with_runtime
from api.runtime import Runtime
from domain.caller import ALL_SCOPES
from domain.clock import utc_now
from domain.commands import CreateAccessToken, IssuedToken
from domain.queries.directory import find_organization
from domain.vocabulary import Scope

app = typer.Typer(no_args_is_help=True, add_completion=False)

_LIFETIME_DAYS = 90


@app.callback()
def token() -> None:
    """Access tokens for the GraphQL API."""


@app.command()
def create(  # noqa: PLR0917 options
    name: Annotated[str, typer.Option(help="What the token is for.")],
    organization: Annotated[
        str | None, typer.Option("--organization", "-o", help="Its id, slug or name.")
    ] = None,
    all_organizations: Annotated[
        bool, typer.Option("--all-organizations", help="It opens every organization.")
    ] = False,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it may do; may be given several times.", case_sensitive=False),
    ] = None,
    all_scopes: Annotated[bool, typer.Option("--all-scopes", help="It may do everything.")] = False,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it lives.")] = _LIFETIME_DAYS,
    as_json: AsJson = False,
) -> None:
    """Make a token, shown this once."""
    if (organization is None) is not all_organizations:
        raise typer.BadParameter("Name one --organization, or --all-organizations.")
    if bool(scope) is all_scopes:
        raise typer.BadParameter("Name each --scope, or --all-scopes.")
    scopes = ALL_SCOPES if all_scopes else frozenset(scope or ())
    expires_at = utc_now() + timedelta(days=days)

    async def work(runtime: Runtime) -> IssuedToken:
        reach = None
        if organization is not None:
            reach = (await find_organization(runtime.reader, organization)).id
        outcome = await execute(runtime, CreateAccessToken(reach, name, scopes, expires_at))
        issued: IssuedToken = outcome.value
        return issued

    issued = with_runtime(work)
    lines = [
        Line("token id", "tokenId", issued.id),
        Line("access token", "accessToken", issued.secret),
        Line("scopes", "scopes", sorted(scopes)),
        Line("expires", "expiresAt", expires_at),
    ]
    print_result(lines, as_json=as_json)
