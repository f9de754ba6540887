"""What can be asked of an organization's OpenID providers: make, change and delete one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.application import Command, Outcome, handles
from domain.commands.expected_version import check_version
from domain.errors import LimitExceeded, NotFound, Taken
from domain.folding import fold
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.model.oidc_provider_rules import MOST, OidcSettings, checked_client_secret
from domain.store.audit_writer import AuditEntry
from domain.store.isolation import Isolation
from domain.store.oidc_provider_rows import (
    DELETE_PROVIDER,
    INSERT_PROVIDER,
    LOCK_PROVIDER,
    NAMES_OF_PROVIDERS,
    UPDATE_PROVIDER,
)
from domain.vocabulary import Scope, SubjectKind

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

KIND = "OIDC provider"


@dataclass(frozen=True, slots=True)
class CreateOidcProvider(Command[UUID]):
    """Let people of an organization sign in with a provider of its own; returns its id."""

    organization_id: UUID
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    trust_email: bool = False


@dataclass(frozen=True, slots=True)
class UpdateOidcProvider(Command[UUID]):
    """Change what is given. Its issuer stays: a secret is sent to nobody else than it was made for.

    A secret that is given counts as another one, as nobody can compare the two.
    """

    organization_id: UUID
    provider_id: UUID
    name: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    trust_email: bool | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteOidcProvider(Command[UUID]):
    """End signing in with a provider. Sessions that began by it go on until they end."""

    organization_id: UUID
    provider_id: UUID


def client_secret_purpose(organization_id: UUID, issuer: str) -> str:
    """What a client's secret is sealed for: no other organization and no other issuer opens it."""
    return f"OIDC client secret of {organization_id} for {issuer}"


@handles(CreateOidcProvider, Isolation.ORGANIZATION_LOCKED)
async def create_oidc_provider(command: CreateOidcProvider, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises NotFound, Invalid, LimitExceeded, Taken."""
    unit.caller.require(Scope.ORGANIZATION_WRITE)
    organization_id = command.organization_id
    await unit.organization(organization_id)
    settings = OidcSettings(
        command.name, command.issuer, command.client_id, command.trust_email
    ).checked(loopback_allowed=unit.caller.is_at_the_machine)
    secret = checked_client_secret(command.client_secret)
    provider_id = new_id()
    others = await _check_name(unit, organization_id, provider_id, settings.name)
    if others >= MOST:
        raise LimitExceeded(f"An organization has at most {MOST} providers; delete one first.")
    purpose = client_secret_purpose(organization_id, settings.issuer)
    await INSERT_PROVIDER.fetch(
        unit.connection,
        id=provider_id,
        organization_id=organization_id,
        name=settings.name,
        issuer=settings.issuer,
        client_id=settings.client_id,
        sealed_client_secret=unit.sign_in.client_secrets.seal(secret, purpose),
        trust_email=settings.trust_email,
        version=1,
        created_at=unit.now,
        updated_at=unit.now,
    )
    await _record(
        unit,
        organization_id,
        "oidc_provider.created",
        Change("providerId", None, provider_id),
        Change("name", None, settings.name),
        Change("issuer", None, settings.issuer),
        Change("clientId", None, settings.client_id),
        Change("trustEmail", None, settings.trust_email),
    )
    return Outcome(provider_id, changed=True)


@handles(UpdateOidcProvider, Isolation.ORGANIZATION_LOCKED)
async def update_oidc_provider(command: UpdateOidcProvider, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises NotFound, VersionConflict, Invalid, Taken."""
    unit.caller.require(Scope.ORGANIZATION_WRITE)
    organization_id, provider_id = command.organization_id, command.provider_id
    await unit.organization(organization_id)
    key = {"organization_id": organization_id, "id": provider_id}
    row = await LOCK_PROVIDER.fetch_row(unit.connection, **key)
    if row is None:
        raise NotFound(KIND)
    check_version(command.expected_version, row["version"])
    settings = OidcSettings(
        row["name"] if command.name is None else command.name,
        row["issuer"],
        row["client_id"] if command.client_id is None else command.client_id,
        row["trust_email"] if command.trust_email is None else command.trust_email,
    ).checked(loopback_allowed=True)
    if settings.name != row["name"]:
        await _check_name(unit, organization_id, provider_id, settings.name)
    changes = [
        Change(attribute, before, after)
        for attribute, before, after in (
            ("name", row["name"], settings.name),
            ("clientId", row["client_id"], settings.client_id),
            ("trustEmail", row["trust_email"], settings.trust_email),
        )
        if before != after
    ]
    sealed = row["sealed_client_secret"]
    if command.client_secret is not None:
        secret = checked_client_secret(command.client_secret)
        purpose = client_secret_purpose(organization_id, row["issuer"])
        sealed = unit.sign_in.client_secrets.seal(secret, purpose)
        changes.append(Change("clientSecretReplaced", None, after=True))
    if not changes:
        return Outcome(provider_id, changed=False)
    await UPDATE_PROVIDER.fetch(
        unit.connection,
        **key,
        name=settings.name,
        client_id=settings.client_id,
        sealed_client_secret=sealed,
        trust_email=settings.trust_email,
        updated_at=unit.now,
    )
    named = Change("providerId", provider_id, provider_id)
    await _record(unit, organization_id, "oidc_provider.updated", named, *changes)
    return Outcome(provider_id, changed=True)


@handles(DeleteOidcProvider, Isolation.TRANSACTION)
async def delete_oidc_provider(command: DeleteOidcProvider, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises NotFound."""
    unit.caller.require(Scope.ORGANIZATION_WRITE)
    organization_id, provider_id = command.organization_id, command.provider_id
    key = {"organization_id": organization_id, "id": provider_id}
    name = await DELETE_PROVIDER.fetch_value(unit.connection, **key)
    if name is None:
        raise NotFound(KIND)
    await _record(
        unit,
        organization_id,
        "oidc_provider.deleted",
        Change("providerId", provider_id, None),
        Change("name", name, None),
    )
    return Outcome(provider_id, changed=True)


async def _check_name(unit: UnitOfWork, organization_id: UUID, provider_id: UUID, name: str) -> int:
    """How many others the organization has; raises Taken where one of them has the name.

    The organization is locked, so that nobody else gives the name meanwhile.
    """
    rows = await NAMES_OF_PROVIDERS.fetch(unit.connection, organization_id=organization_id)
    others = [row for row in rows if row["id"] != provider_id]
    for row in others:
        if fold(row["name"]) == fold(name):
            raise Taken("name", KIND, row["id"])
    return len(others)


async def _record(unit: UnitOfWork, organization_id: UUID, action: str, *changes: Change) -> None:
    organization = await unit.organization(organization_id)
    kind = SubjectKind.ORGANIZATION
    entry = AuditEntry(action, kind, organization_id, organization.name, changes)
    await unit.record(organization_id, [entry])
