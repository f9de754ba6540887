"""Organizations between rows and aggregates: locks, seats, and the owners that must remain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from domain.model.organization import Organization, OrganizationTable
from domain.model.policies import Policies
from domain.store.member_rows import MEMBERS
from domain.store.statement import INTEGER, UUID_TYPE, Statement, parameter
from domain.vocabulary import KeyHandshake, MemberRole, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

ORGANIZATIONS: Any = OrganizationTable.__table__  # type: ignore[attr-defined]

_ORGANIZATION = select(ORGANIZATIONS).where(ORGANIZATIONS.c.id == parameter("id", UUID_TYPE))
SELECT_ORGANIZATION = Statement(_ORGANIZATION)
LOCK_ORGANIZATION = Statement(_ORGANIZATION.with_for_update(key_share=True))
# Keeps settings and the key's version as they are; whoever counts seats need not wait.
HOLD_ORGANIZATION = Statement(_ORGANIZATION.with_for_update(read=True, key_share=True))
# Waits for every command that holds the organization, those without a seat limit included.
LOCK_ALONE = Statement(_ORGANIZATION.with_for_update())
SET_OCCUPIED = Statement(
    update(ORGANIZATIONS)
    .where(ORGANIZATIONS.c.id == parameter("id", UUID_TYPE))
    .values(seats_occupied=parameter("occupied", INTEGER))
)
HOLD_UNLIMITED = Statement(
    select(ORGANIZATIONS.c.id)
    .where(ORGANIZATIONS.c.id == parameter("id", UUID_TYPE), ORGANIZATIONS.c.seats.is_(None))
    .with_for_update(read=True, key_share=True)
)
OTHER_OWNER = Statement(
    select(MEMBERS.c.id)
    .where(
        MEMBERS.c.organization_id == parameter("organization_id", UUID_TYPE),
        MEMBERS.c.id != parameter("id", UUID_TYPE),
        MEMBERS.c.role == MemberRole.OWNER.value,
        MEMBERS.c.stage == Stage.CONFIRMED.value,
        MEMBERS.c.revoked_at.is_(None),
    )
    .limit(1)
)


def organization_of(row: Mapping[str, Any]) -> Organization:
    """The aggregate that a row holds."""
    return Organization(
        id=row["id"],
        name=row["name"],
        slug=row["slug"],
        seats=row["seats"],
        seats_occupied=row["seats_occupied"],
        key_handshake=KeyHandshake(row["key_handshake"]),
        key_version=row["key_version"],
        policies=Policies.read(row["policies"]),
        version=row["version"],
    )
