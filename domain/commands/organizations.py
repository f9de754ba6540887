"""What can be asked of organizations: found one, change its name, seats and policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from domain.application import Command, Outcome, handles
from domain.commands.expected_version import check_version
from domain.commands.founding import found_owner
from domain.errors import Forbidden, Invalid, KeyRequired, NotFound, Taken
from domain.folding import folded_key
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.model.organization import organization_name, slug_of
from domain.model.policies import Policies, read_domains
from domain.store.audit_writer import AuditEntry
from domain.store.isolation import Isolation, Outdated
from domain.store.member_counts import member_counts
from domain.store.organization_rows import LOCK_ALONE, ORGANIZATIONS
from domain.store.statement import INSTANT, INTEGER, KEY, TEXT, UUID_TYPE, Statement, parameter
from domain.vocabulary import (
    KeyHandshake,
    ProvisioningSource,
    Scope,
    SubjectKind,
)

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

MAX_SEATS = 1_000_000_000

_COLUMNS = ("id", "name", "name_key", "slug", "seats", "seats_occupied", "key_handshake")
_INSERT = Statement(
    insert(ORGANIZATIONS)
    .from_select(
        [*_COLUMNS, "key_version", "policies", "version", "created_at", "updated_at"],
        select(
            *(parameter(name, ORGANIZATIONS.c[name].type) for name in _COLUMNS),
            parameter("key_version", INTEGER),
            parameter("policies", ORGANIZATIONS.c.policies.type),
            parameter("version", INTEGER),
            parameter("created_at", INSTANT),
            parameter("created_at", INSTANT),
        ),
    )
    .on_conflict_do_nothing()
    .returning(ORGANIZATIONS.c.id)
)
_BY_NAME = Statement(
    select(ORGANIZATIONS.c["id", "name_key", "slug"]).where(
        (ORGANIZATIONS.c.name_key == parameter("name_key", KEY))
        | (ORGANIZATIONS.c.slug == parameter("slug", KEY))
    )
)
_UPDATE = Statement(
    update(ORGANIZATIONS)
    .where(ORGANIZATIONS.c.id == parameter("id", UUID_TYPE))
    .values(
        name=parameter("name", TEXT),
        name_key=parameter("name_key", KEY),
        seats=parameter("seats", INTEGER),
        seats_occupied=parameter("seats_occupied", INTEGER),
        key_handshake=parameter("key_handshake", TEXT),
        policies=parameter("policies", ORGANIZATIONS.c.policies.type),
        version=ORGANIZATIONS.c.version + 1,
        updated_at=parameter("updated_at", INSTANT),
    )
)


@dataclass(frozen=True, slots=True)
class CreateOrganization(Command[UUID]):
    """Found an organization; `owner_email` becomes its first, confirmed owner where given."""

    name: str
    owner_email: str | None = None
    seats: int | None = None
    source: ProvisioningSource = ProvisioningSource.CLI


@dataclass(frozen=True, slots=True)
class UpdateOrganization(Command[UUID]):
    """Change what is given; `seats_unlimited` takes the limit away."""

    organization_id: UUID
    name: str | None = None
    seats: int | None = None
    seats_unlimited: bool = False
    key_handshake: KeyHandshake | None = None
    allowed_email_domains: tuple[str, ...] | None = None
    require_sso: bool | None = None
    single_organization: bool | None = None
    expected_version: int | None = None


@handles(CreateOrganization, Isolation.TRANSACTION)
async def create_organization(command: CreateOrganization, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises Taken("name") with the existing id, Invalid."""
    unit.caller.require(Scope.ORGANIZATION_WRITE)
    if unit.caller.organization_id is not None:
        raise Forbidden("You belong to one organization; who founds another must reach all.")
    name = organization_name(command.name)
    _check_seats(command.seats)
    name_key = folded_key("name", name)
    organization_id = new_id()
    slug = slug_of(name)
    rows = await _BY_NAME.fetch(unit.connection, name_key=name_key, slug=slug)
    for row in rows:
        if row["name_key"] == name_key:
            raise Taken("name", "organization", row["id"])
    if rows:
        slug = f"{slug}-{organization_id.hex[-6:]}"
    created = await _INSERT.fetch(
        unit.connection,
        id=organization_id,
        name=name,
        name_key=name_key,
        slug=slug,
        seats=command.seats,
        seats_occupied=None if command.seats is None else 0,
        key_handshake=KeyHandshake.OFF,
        key_version=0,
        policies={},
        version=1,
        created_at=unit.now,
    )
    if not created:
        # Somebody took the name, or the slug alone, since the look; the next look tells which.
        raise Outdated(Isolation.TRANSACTION)
    changes = [Change("name", None, name), Change("slug", None, slug)]
    if command.seats is not None:
        changes.append(Change("seats", None, command.seats))
    await _record(unit, "organization.created", organization_id, name, changes)
    if command.owner_email is not None:
        if command.seats is not None:
            unit.need(Isolation.ORGANIZATION_LOCKED)
        await found_owner(unit, organization_id, command.owner_email, command.source)
    return Outcome(organization_id, changed=True)


@handles(UpdateOrganization, Isolation.TRANSACTION)
async def update_organization(command: UpdateOrganization, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises NotFound, VersionConflict, Taken, Invalid; KeyRequired for a handshake without key."""
    unit.caller.require(Scope.ORGANIZATION_WRITE)
    row = await LOCK_ALONE.fetch_row(unit.connection, id=command.organization_id)
    if row is None:
        raise NotFound("organization")
    check_version(command.expected_version, row["version"])
    name = organization_name(command.name) if command.name is not None else row["name"]
    _check_seats(command.seats)
    seats = row["seats"] if command.seats is None else command.seats
    if command.seats_unlimited:
        seats = None
    handshake = command.key_handshake or KeyHandshake(row["key_handshake"])
    if handshake is KeyHandshake.REQUIRED and row["key_version"] == 0:
        raise KeyRequired(
            "The organization has no key yet that could be handed over; make one with"
            " createOrganizationKey, then set keyHandshake to REQUIRED.",
            "keyHandshake",
        )
    policies = Policies.read(row["policies"])
    wanted = _policies(command, policies)
    changes = [
        Change(attribute, before, after)
        for attribute, before, after in (
            ("name", row["name"], name),
            ("seats", row["seats"], seats),
            ("keyHandshake", row["key_handshake"], handshake),
            *((name, policies.stored()[name], after) for name, after in wanted.stored().items()),
        )
        if before != after
    ]
    if not changes:
        return Outcome(command.organization_id, changed=False)
    name_key = folded_key("name", name)
    await _free_name(unit, command.organization_id, name_key)
    occupied = row["seats_occupied"]
    if seats is None:
        occupied = None
    elif occupied is None:
        occupied = (await member_counts(unit.connection, command.organization_id)).seated
    try:
        await _UPDATE.fetch(
            unit.connection,
            id=command.organization_id,
            name=name,
            name_key=name_key,
            seats=seats,
            seats_occupied=occupied,
            key_handshake=handshake,
            policies=wanted.stored(),
            updated_at=unit.now,
        )
    except asyncpg.UniqueViolationError as error:
        # Somebody took it since the look; the next look tells who.
        raise Outdated(Isolation.TRANSACTION) from error
    await _record(unit, "organization.updated", command.organization_id, name, changes)
    return Outcome(command.organization_id, changed=True)


async def _free_name(unit: UnitOfWork, organization_id: UUID, name_key: str) -> None:
    """Raise Taken when another organization has the name."""
    for row in await _BY_NAME.fetch(unit.connection, name_key=name_key, slug=""):
        if row["id"] != organization_id:
            raise Taken("name", "organization", row["id"])


def _policies(command: UpdateOrganization, now: Policies) -> Policies:
    """The policies that the command asks for; what it leaves out stays."""
    domains = command.allowed_email_domains
    sso, single = command.require_sso, command.single_organization
    return Policies(
        now.allowed_email_domains if domains is None else read_domains(domains),
        now.require_sso if sso is None else sso,
        now.single_organization if single is None else single,
    )


def _check_seats(seats: int | None) -> None:
    if seats is not None and not 0 <= seats <= MAX_SEATS:
        raise Invalid("seatLimit", f"must lie between 0 and {MAX_SEATS}")


async def _record(
    unit: UnitOfWork, action: str, organization_id: UUID, label: str, changes: list[Change]
) -> None:
    entry = AuditEntry(action, SubjectKind.ORGANIZATION, organization_id, label, changes)
    await unit.record(organization_id, [entry])
