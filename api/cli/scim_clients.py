"""Makes OAuth clients: with a secret, or proven by another issuer's assertions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api.cli.console import Line, print_result
from api.cli.session import AsJson, fail
from api.cli.work import OrganizationOption, execute, with_runtime
from api.runtime import Runtime
from domain.application import Command
from domain.client_ids import client_id_of
from domain.clock import utc_now
from domain.commands import (
    CreateScimCredential,
    CreateWorkloadIdentity,
    IssuedCredential,
    WorkloadIdentity,
)
from domain.ids import UUID
from domain.queries.directory import find_organization
from domain.vocabulary import CredentialKind
from scim_facade.oauth.metadata import TOKEN_PATH

LONGEST_DAYS = 3650
Lifetime = Annotated[
    int | None,
    typer.Option(min=1, max=LONGEST_DAYS, help="Days after which it ends; without, it does not."),
]
Name = Annotated[str | None, typer.Option(help="What to call it, to tell it from the others.")]


def oauth_client(
    organization: OrganizationOption,
    name: Name = None,
    lifetime_days: Lifetime = None,
    as_json: AsJson = False,
) -> None:
    """Make an OAuth client; its secret is shown this once. Others go on working."""
    ends_at = end_of(lifetime_days)
    _create(
        organization,
        lambda owner: CreateScimCredential(owner, CredentialKind.OAUTH_CLIENT, ends_at, name),
        ends_at,
        as_json=as_json,
    )


def workload_identity(  # noqa: PLR0917 options
    organization: OrganizationOption,
    issuer: Annotated[str, typer.Option(help="Who signs: the assertions' iss.")],
    subject: Annotated[str, typer.Option(help="Who calls: the assertions' sub.")],
    audience: Annotated[
        str | None,
        typer.Option(
            help="The assertions' aud; without it, the token endpoint's address or"
            " ROLLCALL_PUBLIC_URL."
        ),
    ] = None,
    jwks_url: Annotated[
        str | None, typer.Option(help="Where the issuer's keys are; https.")
    ] = None,
    jwks: Annotated[
        Path | None,
        typer.Option(help="A file with the issuer's keys, instead.", exists=True, dir_okay=False),
    ] = None,
    name: Name = None,
    lifetime_days: Lifetime = None,
    as_json: AsJson = False,
) -> None:
    """Make an OAuth client that has no secret: an issuer's signed assertions prove it."""
    if (jwks_url is None) is (jwks is None):
        fail("Say where the issuer's keys are: either --jwks-url or --jwks.")
    identity = WorkloadIdentity(issuer, subject, audience, jwks_url, _key_set(jwks))
    ends_at = end_of(lifetime_days)
    _create(
        organization,
        lambda owner: CreateWorkloadIdentity(owner, identity, ends_at, name),
        ends_at,
        as_json=as_json,
    )


def issue(
    organization: str, make: Callable[[UUID], Command[IssuedCredential]]
) -> tuple[UUID, IssuedCredential, str]:
    """Make a credential: the organization's id, what was made, and where tokens are asked for."""

    async def work(runtime: Runtime) -> tuple[UUID, IssuedCredential, str]:
        found = await find_organization(runtime.reader, organization)
        issued: IssuedCredential = (await execute(runtime, make(found.id))).value
        return found.id, issued, runtime.settings.public_url + TOKEN_PATH

    return with_runtime(work)


def _create(
    organization: str,
    make: Callable[[UUID], Command[IssuedCredential]],
    ends_at: datetime | None,
    *,
    as_json: bool,
) -> None:
    owner, issued, token_url = issue(organization, make)
    credential_id = issued.credential_id
    lines = [
        Line("key id", "keyId", credential_id),
        Line("client id", "clientId", credential_id and client_id_of(owner, credential_id)),
        Line("client secret", "clientSecret", issued.secret),
        Line("token endpoint", "tokenEndpoint", token_url),
        Line("expires", "expiresAt", ends_at),
    ]
    print_result(lines, as_json=as_json)


def end_of(lifetime_days: int | None) -> datetime | None:
    """When what is made now ends, or None for never."""
    return None if lifetime_days is None else utc_now() + timedelta(days=lifetime_days)


def _key_set(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        fail(f"{path} holds no JSON.")
    if not isinstance(found, dict):
        fail(f"{path} holds no key set.")
    return found
