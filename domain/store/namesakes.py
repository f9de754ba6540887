"""Who has the same name: finds the members that a unique name would collide with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from domain.errors import Taken
from domain.store.member_rows import MEMBERS
from domain.store.statement import KEY, UUID_TYPE, Statement, parameter

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.model.attributes import MemberAttributes
    from domain.model.member import Member

_SAME_NAMES = Statement(
    select(MEMBERS.c["id", "user_name_key", "email_key", "external_id"]).where(
        MEMBERS.c.organization_id == parameter("organization_id", UUID_TYPE),
        (MEMBERS.c.user_name_key == parameter("user_name_key", KEY))
        | (MEMBERS.c.email_key == parameter("email_key", KEY))
        | (MEMBERS.c.external_id == parameter("external_id", KEY)),
    )
)


async def find_namesakes(
    connection: Any, organization_id: UUID, attributes: MemberAttributes
) -> tuple[UUID | None, UUID | None]:
    """The members who have the same userName and the same external id."""
    rows = await _SAME_NAMES.fetch(
        connection,
        organization_id=organization_id,
        user_name_key=attributes.user_name_key,
        email_key=None,
        external_id=attributes.external_id,
    )
    by_name = by_external_id = None
    for row in rows:
        if row["user_name_key"] == attributes.user_name_key:
            by_name = row["id"]
        if attributes.external_id and row["external_id"] == attributes.external_id:
            by_external_id = row["id"]
    return by_name, by_external_id


async def find_taken(connection: Any, member: Member) -> Taken | None:
    """Which of the member's names another member has, if any."""
    attributes = member.attributes
    rows = await _SAME_NAMES.fetch(
        connection,
        organization_id=member.organization_id,
        user_name_key=attributes.user_name_key,
        email_key=attributes.email_key,
        external_id=attributes.external_id,
    )
    others = [row for row in rows if row["id"] != member.id]
    for column, public, value in (
        ("user_name_key", "userName", attributes.user_name_key),
        ("email_key", "email", attributes.email_key),
        ("external_id", "externalId", attributes.external_id),
    ):
        for row in others:
            if value is not None and row[column] == value:
                return Taken(public, "member", row["id"])
    return None
