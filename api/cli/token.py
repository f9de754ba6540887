"""`rollcall token`: access tokens for the GraphQL API."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from api.cli.console import Line, print_result, print_rows, say
from api.cli.session import AsJson
from api.cli.work import execute, reach_of, with_runtime
from api.runtime import Runtime
from domain.caller import ALL_SCOPES
from domain.clock import utc_now
from domain.commands import CreateAccessToken, IssuedToken, RevokeAccessToken
from domain.queries.directory import AccessTokenEntry, access_tokens
from domain.vocabulary import Scope

app = typer.Typer(no_args_is_help=True, add_completion=False)

_LIFETIME_DAYS = 90
_COLUMNS = {
    "id": "id",
    "name": "name",
    "hint": "secret begins with",
    "state": "state",
    "scopes": "may",
    "createdBy": "made by",
    "createdAt": "created",
    "lastUsedAt": "last used",
    "expiresAt": "expires",
}
ReachOption = Annotated[
    str | None, typer.Option("--organization", "-o", help="Its id, slug or name.")
]
EveryOption = Annotated[
    bool, typer.Option("--all-organizations", help="It opens every organization.")
]


@app.callback()
def token() -> None:
    """Access tokens for the GraphQL API."""


@app.command()
def create(  # noqa: PLR0917 options
    name: Annotated[str, typer.Option(help="What the token is for.")],
    organization: ReachOption = None,
    all_organizations: EveryOption = False,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it may do; may be given several times.", case_sensitive=False),
    ] = None,
    all_scopes: Annotated[bool, typer.Option("--all-scopes", help="It may do everything.")] = False,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it lives.")] = _LIFETIME_DAYS,
    as_json: AsJson = False,
) -> None:
    """Make a token, shown this once."""
    _check_reach(organization, all_organizations=all_organizations)
    if bool(scope) is all_scopes:
        raise typer.BadParameter("Name each --scope, or --all-scopes.")
    scopes = ALL_SCOPES if all_scopes else frozenset(scope or ())
    expires_at = utc_now() + timedelta(days=days)

    async def work(runtime: Runtime) -> IssuedToken:
        reach = await reach_of(runtime, organization)
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


@app.command("list")
def list_tokens(
    organization: ReachOption = None,
    all_organizations: EveryOption = False,
    as_json: AsJson = False,
) -> None:
    """List tokens, ended ones too; never the tokens themselves."""
    _check_reach(organization, all_organizations=all_organizations)

    async def work(runtime: Runtime) -> list[AccessTokenEntry]:
        return await access_tokens(runtime.reader, await reach_of(runtime, organization))

    now = utc_now()
    rows: list[dict[str, Any]] = [
        {
            "id": token.id,
            "name": token.name,
            "hint": token.hint,
            "state": token.state(now),
            "scopes": token.scopes if as_json else _may(token.scopes),
            "createdBy": token.created_by_label,
            "createdAt": token.created_at,
            "lastUsedAt": token.last_used_at,
            "expiresAt": token.expires_at,
        }
        for token in with_runtime(work)
    ]
    print_rows(_COLUMNS, rows, as_json=as_json)


@app.command()
def revoke(
    token_id: Annotated[
        UUID, typer.Argument(metavar="token", help="The token's id, from `token list`.")
    ],
    as_json: AsJson = False,
) -> None:
    """End one token at once, whichever organization it opens."""

    async def work(runtime: Runtime) -> bool:
        return (await execute(runtime, RevokeAccessToken(token_id))).changed

    changed = with_runtime(work)
    if as_json:
        lines = [Line("token id", "tokenId", token_id), Line("", "changed", changed)]
        print_result(lines, as_json=True)
    else:
        say(f"The token {token_id} {'no longer works' if changed else 'was revoked before'}.")


def _check_reach(organization: str | None, *, all_organizations: bool) -> None:
    if (organization is None) is not all_organizations:
        raise typer.BadParameter("Name one --organization, or --all-organizations.")


def _may(scopes: tuple[str, ...]) -> str:
    return "everything" if set(scopes) >= ALL_SCOPES else ", ".join(scopes)
