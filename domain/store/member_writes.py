"""Writes one member with all that belongs to the change, as a single statement.

The row, its audit events, what is mailed and what no longer is are one data-modifying statement, so
that a change needs one round trip and no transaction of its own. An update names the version it
was decided on; the statement that decides on an outdated one writes nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.store.audit_writer import insert_events
from domain.store.invitation_rows import INVITATIONS
from domain.store.member_rows import (
    ATTRIBUTE_COLUMNS,
    LIFE_COLUMNS,
    MEMBER_EMAILS,
    MEMBERS,
    values_of,
)
from domain.store.notices import queue_notice, take_back_notices
from domain.store.organization_rows import ORGANIZATIONS
from domain.store.released_names import RELEASED_NAMES, insert_released
from domain.store.statement import INSTANT, TEXT, TEXTS, UUID_TYPE, Statement, parameter
from domain.vocabulary import InvitationState

if TYPE_CHECKING:
    from sqlalchemy import CTE

    from domain.model.member import Member

_INSERTED = (
    "organization_id",
    "id",
    *ATTRIBUTE_COLUMNS,
    "role",
    "permissions",
    "stage",
    "revoked_at",
    "revocation_reason",
    "source",
    "created_at",
    "updated_at",
    "staged_at",
    "invited_at",
    "version",
)
_INVITATION_COLUMNS = (
    "id",
    "member_id",
    "email",
    "token_hash",
    "queued_at",
    "due_at",
    "expires_at",
)
OPEN_STATES = [InvitationState.QUEUED.value, InvitationState.SENT.value]


class MemberWrite(NamedTuple):
    """Which parts a statement has; statements are compiled once per combination."""

    creates: bool
    attributes: bool
    life: bool
    emails: bool
    unlimited_seats: bool
    allowed_domain: bool
    cancels_invitations: bool
    invites: bool
    notifies: bool
    takes_back: bool
    releases: bool
    keys: tuple[str, ...]
    events: int


@lru_cache(maxsize=512)
def write_member_statement(shape: MemberWrite) -> Statement:
    """The statement of that shape; it returns the member's id when it wrote, else no row."""
    guard = _permitting(shape) if shape.unlimited_seats or shape.allowed_domain else None
    written = (_inserted(guard) if shape.creates else _updated(shape, guard)).cte("written")
    parts: list[CTE] = []
    if shape.events:
        parts.append(insert_events(shape.events, written).cte("recorded"))
    if shape.cancels_invitations:
        parts.append(_cancelled(written))
    if shape.invites:
        parts.append(_queued(written))
    if shape.notifies:
        parts.append(queue_notice(written))
    if shape.takes_back:
        parts.append(take_back_notices(written))
    if shape.releases:
        parts.append(insert_released(written).returning(RELEASED_NAMES.c.key).cte("released"))
    if shape.emails:
        parts.extend(_emails(written, creates=shape.creates))
    return Statement(select(written.c.id).add_cte(*parts))


def write_values(member: Member, loaded_version: int) -> dict[str, Any]:
    """Parameters of the member's own part."""
    values = values_of(member)
    values["loaded_version"] = loaded_version
    values["further_email_keys"] = list(member.attributes.further_email_keys)
    return values


def _param(name: str) -> Any:
    return parameter(name, MEMBERS.c[name].type)


def _permitting(shape: MemberWrite) -> CTE:
    """The organization while what the shape asks for holds: no seat limit, an allowed `domain`.

    Whoever sets a seat limit waits for this lock.
    """
    found = select(ORGANIZATIONS.c.id).where(ORGANIZATIONS.c.id == _param("organization_id"))
    if shape.unlimited_seats:
        found = found.where(ORGANIZATIONS.c.seats.is_(None))
    if shape.allowed_domain:
        allowed = ORGANIZATIONS.c.policies["allowedEmailDomains"]
        listed = allowed.has_key(parameter("domain", TEXT))
        found = found.where(or_(func.coalesce(func.jsonb_array_length(allowed), 0) == 0, listed))
    return found.with_for_update(read=True, key_share=True).cte("permitting")


def _inserted(guard: CTE | None) -> Any:
    source = select(*(_param(name) for name in _INSERTED))
    if guard is not None:
        source = source.select_from(guard)
    return (
        insert(MEMBERS)
        .from_select(_INSERTED, source)
        .on_conflict_do_nothing()
        .returning(MEMBERS.c.id)
    )


def _updated(shape: MemberWrite, guard: CTE | None) -> Any:
    columns = ["updated_at", "version"]
    if shape.attributes:
        columns.extend(ATTRIBUTE_COLUMNS)
    if shape.life:
        columns.extend(LIFE_COLUMNS)
    columns.extend(shape.keys)
    statement = update(MEMBERS).where(
        MEMBERS.c.organization_id == _param("organization_id"),
        MEMBERS.c.id == _param("id"),
        MEMBERS.c.version == parameter("loaded_version", MEMBERS.c.version.type),
    )
    if guard is not None:
        statement = statement.where(exists(select(guard.c.id)))
    return statement.values({name: _param(name) for name in columns}).returning(MEMBERS.c.id)


def _cancelled(written: CTE) -> CTE:
    return (
        update(INVITATIONS)
        .where(
            INVITATIONS.c.organization_id == _param("organization_id"),
            INVITATIONS.c.member_id == written.c.id,
            INVITATIONS.c.state == func.any(parameter("open_states", TEXTS)),
        )
        .values(state=InvitationState.CANCELLED.value)
        .returning(INVITATIONS.c.id)
        .cte("cancelled")
    )


def _queued(written: CTE) -> CTE:
    source = select(
        _param("organization_id"),
        parameter("invitation_id", UUID_TYPE),
        written.c.id,
        _param("email"),
        parameter("token_hash", INVITATIONS.c.token_hash.type),
        _param("updated_at"),
        parameter("due_at", INSTANT),
        parameter("expires_at", INSTANT),
        parameter("queued_state", TEXT),
    )
    return (
        insert(INVITATIONS)
        .from_select(("organization_id", *_INVITATION_COLUMNS, "state"), source)
        .returning(INVITATIONS.c.id)
        .cte("queued")
    )


def _emails(written: CTE, *, creates: bool) -> list[CTE]:
    keys = parameter("further_email_keys", TEXTS)
    listed = select(_param("organization_id"), func.unnest(keys), written.c.id)
    added = (
        insert(MEMBER_EMAILS)
        .from_select(("organization_id", "email_key", "member_id"), listed)
        .on_conflict_do_nothing()
        .returning(MEMBER_EMAILS.c.member_id)
        .cte("emails_added")
    )
    if creates:
        return [added]
    dropped = (
        delete(MEMBER_EMAILS)
        .where(
            MEMBER_EMAILS.c.organization_id == _param("organization_id"),
            MEMBER_EMAILS.c.member_id == written.c.id,
            MEMBER_EMAILS.c.email_key != func.all(keys),
        )
        .returning(MEMBER_EMAILS.c.member_id)
        .cte("emails_dropped")
    )
    return [added, dropped]
