"""What can be asked of access tokens: make one, end one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from domain.application import Command, Outcome, handles
from domain.caller import Actor
from domain.errors import Forbidden, Invalid, NotFound
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.secrets import SecretKind, make_secret
from domain.store.access_token_rows import ACCESS_TOKENS
from domain.store.audit_writer import AuditEntry
from domain.store.isolation import Isolation
from domain.store.statement import INSTANT, UUID_TYPE, Statement, parameter
from domain.text import checked_name
from domain.vocabulary import ActorKind, Scope, SubjectKind

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

DEFAULT_LIFETIME = timedelta(days=90)
MAX_NAME = 100

_COLUMNS = [
    column.name for column in ACCESS_TOKENS.c if column.name not in {"last_used_at", "revoked_at"}
]
_INSERT = Statement(
    insert(ACCESS_TOKENS).from_select(
        _COLUMNS, select(*(parameter(name, ACCESS_TOKENS.c[name].type) for name in _COLUMNS))
    )
)
_LOCK = Statement(
    select(ACCESS_TOKENS)
    .where(ACCESS_TOKENS.c.id == parameter("id", UUID_TYPE))
    .with_for_update(key_share=True)
)
_REVOKE = Statement(
    update(ACCESS_TOKENS)
    .where(ACCESS_TOKENS.c.id == parameter("id", UUID_TYPE))
    .values(revoked_at=parameter("now", INSTANT))
)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token that was just made; `secret` is shown once."""

    id: UUID
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CreateAccessToken(Command[IssuedToken]):
    """A token for an organization, or for all with None; lives 90 days unless said otherwise."""

    organization_id: UUID | None
    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RevokeAccessToken(Command[UUID]):
    """End a token at once."""

    token_id: UUID


@handles(CreateAccessToken, Isolation.TRANSACTION)
async def create_access_token(command: CreateAccessToken, unit: UnitOfWork) -> Outcome[IssuedToken]:
    """Raises Forbidden when more is asked for than the caller holds, NotFound, Invalid."""
    caller = unit.caller
    caller.require(Scope.TOKENS_ADMIN)
    name = checked_name(command.name, MAX_NAME)
    if not command.scopes:
        raise Invalid("scopes", "must name at least one scope")
    if caller.organization_id is not None and command.organization_id != caller.organization_id:
        raise Forbidden("You can make access tokens for your own organization only.")
    caller.require_held(command.scopes)
    expires_at = command.expires_at or unit.now + DEFAULT_LIFETIME
    if expires_at <= unit.now:
        raise Invalid("expiresAt", "must lie in the future")
    if command.organization_id is not None:
        await unit.organization(command.organization_id)
    maker = await _maker(unit)
    token_id = new_id()
    fresh = make_secret(SecretKind.ACCESS_TOKEN, token_id)
    await _INSERT.fetch(
        unit.connection,
        id=token_id,
        organization_id=command.organization_id,
        name=name,
        secret_hash=fresh.hashed,
        hint=fresh.hint,
        scopes=sorted(command.scopes),
        created_by_kind=maker.kind,
        created_by_id=maker.id,
        created_by_label=maker.label,
        created_at=unit.now,
        expires_at=expires_at,
    )
    if command.organization_id is not None:
        changes = (
            Change("name", None, name),
            Change("scopes", None, sorted(command.scopes)),
            Change("expiresAt", None, expires_at),
        )
        kind = SubjectKind.ACCESS_TOKEN
        entry = AuditEntry("access_token.created", kind, token_id, name, changes)
        await unit.record(command.organization_id, [entry])
    return Outcome(IssuedToken(token_id, fresh.text), changed=True)


async def _maker(unit: UnitOfWork) -> Actor:
    """Who the token acts for: the member where the caller is one, also by a token of theirs.

    A token must not shed its maker's rank by making another.
    """
    caller = unit.caller
    if caller.member_id is None or caller.organization_id is None:
        return caller.actor
    member = await unit.member(caller.organization_id, caller.member_id)
    return Actor(ActorKind.MEMBER, member.id, member.label)


@handles(RevokeAccessToken, Isolation.TRANSACTION)
async def revoke_access_token(command: RevokeAccessToken, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises NotFound."""
    unit.caller.require(Scope.TOKENS_ADMIN)
    row = await _LOCK.fetch_row(unit.connection, id=command.token_id)
    reach = unit.caller.organization_id
    if row is None or (reach is not None and row["organization_id"] != reach):
        raise NotFound("access token")
    if row["revoked_at"] is not None:
        return Outcome(command.token_id, changed=False)
    await _REVOKE.fetch(unit.connection, id=command.token_id, now=unit.now)
    if row["organization_id"] is not None:
        kind = SubjectKind.ACCESS_TOKEN
        changes = (Change("revokedAt", None, unit.now),)
        entry = AuditEntry("access_token.revoked", kind, command.token_id, row["name"], changes)
        await unit.record(row["organization_id"], [entry])
    return Outcome(command.token_id, changed=True)
