"""Members between rows and aggregates: how one is read, and which values one is written as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select

from domain.ids import UUID
from domain.model.attributes import MemberAttributes
from domain.model.deprovision_guard import HeldDeprovisioningTable
from domain.model.member import Member
from domain.model.member_tables import MemberEmailTable, MemberTable
from domain.store.group_rows import GROUP_MEMBERS, GROUPS
from domain.store.statement import UUID_TYPE, Statement, parameter
from domain.vocabulary import MemberRole, ProvisioningSource, Scope, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMBERS: Any = MemberTable.__table__  # type: ignore[attr-defined]
MEMBER_EMAILS: Any = MemberEmailTable.__table__  # type: ignore[attr-defined]

# The wrapped key is read only where it is handed out.
MEMBER_COLUMNS = [column for column in MEMBERS.c if column.name != "wrapped_organization_key"]

_ORGANIZATION = parameter("organization_id", UUID_TYPE)


@dataclass(frozen=True, slots=True)
class GroupReference:
    """A group as a member shows it."""

    id: UUID
    display_name: str


def _groups_column() -> Any:
    # The name is looked up by its key: a join would be free to read all groups of the organization.
    name = (
        select(GROUPS.c.display_name)
        .where(GROUPS.c.organization_id == _ORGANIZATION, GROUPS.c.id == GROUP_MEMBERS.c.group_id)
        .correlate(GROUP_MEMBERS)
        .scalar_subquery()
    )
    rows = (
        select(func.jsonb_agg(func.jsonb_build_array(GROUP_MEMBERS.c.group_id, name)))
        .where(
            GROUP_MEMBERS.c.organization_id == _ORGANIZATION,
            GROUP_MEMBERS.c.member_id == MEMBERS.c.id,
        )
        .correlate(MEMBERS)
    )
    return rows.scalar_subquery().label("groups")


GROUPS_OF_MEMBER: Any = _groups_column()
"""The member's groups as JSON pairs of id and name, null when there are none."""


def groups_of(record: Mapping[str, Any]) -> tuple[GroupReference, ...]:
    """The groups that a record with `GROUPS_OF_MEMBER` holds, in the order of their ids."""
    listed = record["groups"]
    if not listed:
        return ()
    return tuple(GroupReference(UUID(id_), name) for id_, name in sorted(listed))


def _by_id(*columns: Any) -> Any:
    return select(*MEMBER_COLUMNS, *columns).where(
        MEMBERS.c.organization_id == _ORGANIZATION, MEMBERS.c.id == parameter("id", UUID_TYPE)
    )


_HELD: Any = HeldDeprovisioningTable.__table__  # type: ignore[attr-defined]
_IS_HELD = exists(
    select(_HELD.c.id).where(
        _HELD.c.organization_id == _ORGANIZATION, _HELD.c.member_id == MEMBERS.c.id
    )
).label("is_held")


def _selected(*, locked: bool, groups: bool, held: bool) -> Statement:
    columns = [*([GROUPS_OF_MEMBER] if groups else []), *([_IS_HELD] if held else [])]
    found = _by_id(*columns)
    return Statement(found.with_for_update(of=MEMBERS, key_share=True) if locked else found)


# By whether the row is locked, whether the groups come along, and whether something is held.
SELECT_MEMBER = {
    (locked, groups, held): _selected(locked=locked, groups=groups, held=held)
    for locked in (False, True)
    for groups in (False, True)
    for held in (False, True)
}

ATTRIBUTE_COLUMNS = (
    "user_name",
    "user_name_key",
    "email",
    "email_key",
    "external_id",
    "display_name",
    "display_name_key",
    "given_name",
    "family_name",
    "profile",
)
LIFE_COLUMNS = (
    "role",
    "permissions",
    "stage",
    "revoked_at",
    "revocation_reason",
    "account_id",
    "invited_at",
    "accepted_at",
    "confirmed_at",
)

KEY_COLUMNS = ("wrapped_key_version", "wrapped_key_kid", "wrapped_organization_key")


def member_of(row: Mapping[str, Any]) -> Member:
    """The aggregate that a row of `MEMBER_COLUMNS` holds."""
    return Member(
        organization_id=row["organization_id"],
        id=row["id"],
        attributes=MemberAttributes(
            user_name=row["user_name"],
            email=row["email"],
            external_id=row["external_id"],
            display_name=row["display_name"],
            given_name=row["given_name"],
            family_name=row["family_name"],
            profile=row["profile"],
            user_name_key=row["user_name_key"],
            email_key=row["email_key"],
            display_name_key=row["display_name_key"],
        ),
        source=ProvisioningSource(row["source"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        role=MemberRole(row["role"]),
        permissions=frozenset(Scope(word) for word in row["permissions"]),
        stage=Stage(row["stage"]),
        revoked_at=row["revoked_at"],
        revocation_reason=row["revocation_reason"],
        account_id=row["account_id"],
        wrapped_key_version=row["wrapped_key_version"],
        wrapped_key_kid=row["wrapped_key_kid"],
        staged_at=row["staged_at"],
        invited_at=row["invited_at"],
        accepted_at=row["accepted_at"],
        confirmed_at=row["confirmed_at"],
        version=row["version"],
    )


def values_of(member: Member) -> dict[str, Any]:
    """Every written column of a member by name."""
    attributes = member.attributes
    return {
        "organization_id": member.organization_id,
        "id": member.id,
        "user_name": attributes.user_name,
        "user_name_key": attributes.user_name_key,
        "email": attributes.email,
        "email_key": attributes.email_key,
        "external_id": attributes.external_id,
        "display_name": attributes.display_name,
        "display_name_key": attributes.display_name_key,
        "given_name": attributes.given_name,
        "family_name": attributes.family_name,
        "profile": attributes.profile,
        "role": member.role,
        "permissions": sorted(member.permissions),
        "stage": member.stage,
        "revoked_at": member.revoked_at,
        "revocation_reason": member.revocation_reason,
        "account_id": member.account_id,
        "wrapped_organization_key": member.wrapped_organization_key,
        "wrapped_key_version": member.wrapped_key_version,
        "wrapped_key_kid": member.wrapped_key_kid,
        "source": member.source,
        "created_at": member.created_at,
        "updated_at": member.updated_at,
        "staged_at": member.staged_at,
        "invited_at": member.invited_at,
        "accepted_at": member.accepted_at,
        "confirmed_at": member.confirmed_at,
        "version": member.version,
    }
