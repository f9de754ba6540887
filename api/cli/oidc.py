"""`rollcall oidc`: the OpenID providers with which people of an organization sign in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import Line, print_result, print_rows, say
from api.cli.secret_input import secret_in
from api.cli.session import AsJson, fail, interactive
from api.cli.work import OrganizationOption, execute, with_runtime
from api.oidc.metadata import Discovery
from api.oidc.problems import SignInFailed
from api.runtime import Runtime
from domain.commands import CreateOidcProvider, DeleteOidcProvider
from domain.ids import UUID
from domain.queries.directory import find_organization
from domain.queries.oidc_providers import OidcProviderRow, oidc_providers_of
from graphql_schema.ids import Kind, make_id, read_id
from graphql_schema.types.oidc_provider import CALLBACK_PATH, START_PATH

app = typer.Typer(no_args_is_help=True, add_completion=False)

_COLUMNS = {
    "id": "id",
    "name": "name",
    "issuer": "issuer",
    "clientId": "client id",
    "trustEmail": "trusts addresses",
    "createdAt": "created",
}


@app.callback()
def oidc() -> None:
    """The OpenID providers with which people of an organization sign in."""


@app.command()
def add(  # noqa: PLR0917 options
    organization: OrganizationOption,
    name: Annotated[str, typer.Option(help="What people read on the button.")],
    issuer: Annotated[str, typer.Option(help="The provider's address, as it names itself.")],
    client_id: Annotated[str, typer.Option(help="What the provider calls this server.")],
    client_secret_file: Annotated[
        Path | None,
        typer.Option(help="File with the client's secret; - is standard input; else it is asked."),
    ] = None,
    trust_email: Annotated[
        bool,
        typer.Option(
            help="Take addresses for verified although the provider is silent.", show_default=False
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let people sign in with a provider; what it must know of this server is printed.

    The provider is asked once what it says of itself, and a warning tells what is wrong with that.
    """
    secret = _secret(client_secret_file)

    async def work(runtime: Runtime) -> tuple[UUID, UUID, str, str | None]:
        found = await find_organization(runtime.reader, organization)
        command = CreateOidcProvider(found.id, name, issuer, client_id, secret, trust_email)
        outcome = await execute(runtime, command)
        return found.id, outcome.value, runtime.settings.public_url, await _fault_of(issuer)

    owner, provider_id, public_url, fault = with_runtime(work)
    id_ = make_id(Kind.OIDC_PROVIDER, owner, provider_id)
    lines = [
        Line("provider id", "id", id_),
        Line("redirect URL, to enter at the provider", "redirectUrl", public_url + CALLBACK_PATH),
        Line("address where a sign-in begins", "startUrl", f"{public_url}{START_PATH}{id_}"),
    ]
    print_result(lines, as_json=as_json)
    if fault is not None:
        say(
            f"Warning: nobody can sign in with it as it answers now: {fault}. If the issuer is"
            " wrong, remove this provider and add it anew: an issuer cannot be changed."
        )


@app.command("list")
def list_providers(organization: OrganizationOption, as_json: AsJson = False) -> None:
    """List an organization's providers; never their secrets."""

    async def work(runtime: Runtime) -> list[OidcProviderRow]:
        found = await find_organization(runtime.reader, organization)
        return await oidc_providers_of(runtime.reader, found.id)

    rows = [
        {
            "id": make_id(Kind.OIDC_PROVIDER, row.organization_id, row.id),
            "name": row.name,
            "issuer": row.issuer,
            "clientId": row.client_id,
            "trustEmail": row.trust_email,
            "createdAt": row.created_at,
        }
        for row in with_runtime(work)
    ]
    print_rows(_COLUMNS, rows, as_json=as_json)


@app.command()
def remove(
    provider: Annotated[str, typer.Argument(help="The provider's id, from `oidc list`.")],
    as_json: AsJson = False,
) -> None:
    """End signing in with a provider; sessions that began by it go on until they end."""
    found = read_id(provider)
    if found is None or found.kind is not Kind.OIDC_PROVIDER or found.organization_id is None:
        fail(f"{provider} is no id of a provider; `rollcall oidc list` shows them.")
    owner = found.organization_id

    async def work(runtime: Runtime) -> None:
        await execute(runtime, DeleteOidcProvider(owner, found.id))

    with_runtime(work)
    if as_json:
        print_result([Line("", "removed", provider)], as_json=True)
    else:
        say(f"Nobody signs in with {provider} any more.")


async def _fault_of(issuer: str) -> str | None:
    """What is wrong with what the provider says of itself; None where it can be used."""
    try:
        await Discovery().find(issuer.strip())
    except SignInFailed as error:
        return error.reason
    return None


def _secret(path: Path | None) -> str:
    """The client's secret."""
    if path is None:
        if not interactive():
            fail("Give the client's secret with --client-secret-file FILE, or - to pipe it in.")
        asked: str = typer.prompt("Client secret", hide_input=True, err=True)
        return asked
    return sys.stdin.read() if str(path) == "-" else secret_in(path)
