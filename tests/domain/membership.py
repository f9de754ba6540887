"""Changes of one group's members, and looks at what they left."""

from __future__ import annotations

from domain.commands import EditKind, MembershipEdit, ReviseGroup
from domain.ids import UUID
from tests.support.factories import Looks


def edit(organization_id: UUID, group_id: UUID, kind: EditKind, *member_ids: UUID) -> ReviseGroup:
    step = MembershipEdit(kind, frozenset(member_ids))
    return ReviseGroup(organization_id, group_id, memberships=(step,))


async def version_of(looks: Looks, group_id: UUID) -> int:
    rows = await looks.rows(
        "SELECT version FROM groups WHERE organization_id = $1 AND id = $2", group_id
    )
    version: int = rows[0]["version"]
    return version


async def orphans(looks: Looks) -> int:
    """Rows of groups or of members that are no longer there."""
    sql = (
        "SELECT count(*) AS many FROM group_members AS row WHERE organization_id = $1 AND NOT ("
        " EXISTS (SELECT FROM members AS m WHERE m.organization_id = $1 AND m.id = row.member_id)"
        " AND EXISTS (SELECT FROM groups AS g WHERE g.organization_id = $1 AND g.id = group_id))"
    )
    found: int = (await looks.rows(sql))[0]["many"]
    return found
