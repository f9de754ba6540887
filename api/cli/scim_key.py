"""`rollcall scim-key`: the keys with which identity providers call."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from api.cli.console import Line, print_result, print_rows, say
from api.cli.scim_clients import (
    Lifetime,
    Name,
    end_of,
    issue,
    oauth_client,
    workload_identity,
)
from api.cli.session import AsJson
from api.cli.work import OrganizationOption, execute, with_runtime
from api.runtime import Runtime
from domain.client_ids import client_id_of
from domain.clock import utc_now
from domain.commands import (
    CreateScimCredential,
    RevokeScimCredential,
    RotateScimApiKey,
)
from domain.queries.directory import ScimKeyEntry, find_organization, scim_keys
from domain.vocabulary import CredentialKind

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command("oauth-client")(oauth_client)
app.command("workload-identity")(workload_identity)

_DAY_S = 86_400
_WEEK_S = 7 * _DAY_S
_COLUMNS = {
    "id": "id",
    "name": "name",
    "hint": "secret begins with",
    "state": "state",
    "kind": "kind",
    "clientId": "client id",
    "createdAt": "created",
    "lastUsedAt": "last used",
    "expiresAt": "expires",
}


@app.callback()
def scim_key() -> None:
    """The keys with which an organization's identity provider calls."""


@app.command()
def create(
    organization: OrganizationOption,
    name: Name = None,
    lifetime_days: Lifetime = None,
    as_json: AsJson = False,
) -> None:
    """Make a further key, shown this once; the others go on working."""
    ends_at = end_of(lifetime_days)
    _, issued, _ = issue(
        organization, lambda owner: CreateScimCredential(owner, expires_at=ends_at, name=name)
    )
    lines = [
        Line("key id", "keyId", issued.credential_id),
        Line("SCIM API key", "scimApiKey", issued.secret),
        Line("expires", "expiresAt", ends_at),
    ]
    print_result(lines, as_json=as_json)


@app.command()
def rotate(
    organization: OrganizationOption,
    overlap: Annotated[
        int,
        typer.Option(min=0, max=_WEEK_S, help="Seconds for which the keys before go on working."),
    ] = _DAY_S,
    name: Name = None,
    as_json: AsJson = False,
) -> None:
    """Make a new key, shown this once; the ones before end after the overlap, OAuth clients not."""
    _, issued, _ = issue(organization, lambda owner: RotateScimApiKey(owner, overlap, name))
    lines = [
        Line("key id", "keyId", issued.credential_id),
        Line("SCIM API key", "scimApiKey", issued.secret),
        Line("keys before end", "previousKeysEndAt", issued.previous_ends_at),
    ]
    print_result(lines, as_json=as_json)


@app.command("list")
def list_keys(organization: OrganizationOption, as_json: AsJson = False) -> None:
    """List the keys; never the keys themselves, only what helps to tell them apart."""

    async def work(runtime: Runtime) -> list[ScimKeyEntry]:
        found = await find_organization(runtime.reader, organization)
        return await scim_keys(runtime.reader, found.id)

    now = utc_now()
    rows: list[dict[str, Any]] = [
        {
            "id": key.id,
            "name": key.name,
            # The hint of who has no secret begins their subject.
            "hint": None if key.kind is CredentialKind.WORKLOAD_IDENTITY else key.hint,
            "state": key.state(now),
            "kind": key.kind,
            "clientId": None
            if key.kind is CredentialKind.API_KEY
            else client_id_of(key.organization_id, key.id),
            "createdAt": key.created_at,
            "lastUsedAt": key.last_used_at,
            "expiresAt": key.expires_at,
        }
        for key in with_runtime(work)
    ]
    print_rows(_COLUMNS, rows, as_json=as_json)


@app.command()
def revoke(
    key: Annotated[UUID, typer.Argument(help="The key's id, from `scim-key list`.")],
    organization: OrganizationOption,
    as_json: AsJson = False,
) -> None:
    """End one key at once."""

    async def work(runtime: Runtime) -> bool:
        found = await find_organization(runtime.reader, organization)
        return (await execute(runtime, RevokeScimCredential(found.id, key))).changed

    changed = with_runtime(work)
    if as_json:
        print_result([Line("key id", "keyId", key), Line("", "changed", changed)], as_json=True)
    else:
        say(f"The key {key} {'no longer works' if changed else 'was revoked before'}.")
