"""Groups between rows and aggregates, and the statements that touch a group's own row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.model.group import (
    Group,
    GroupAttributes,
    GroupChangeTable,
    GroupMemberTable,
    GroupTable,
)
from domain.store.statement import INSTANT, KEY, TEXT, UUID_TYPE, UUIDS, Statement, parameter
from domain.vocabulary import ProvisioningSource

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS: Any = GroupTable.__table__  # type: ignore[attr-defined]
GROUP_MEMBERS: Any = GroupMemberTable.__table__  # type: ignore[attr-defined]
GROUP_CHANGES: Any = GroupChangeTable.__table__  # type: ignore[attr-defined]

ORGANIZATION = parameter("organization_id", UUID_TYPE)
_ID = parameter("id", UUID_TYPE)
_BY_ID = (GROUPS.c.organization_id == ORGANIZATION) & (GROUPS.c.id == _ID)

LOCK_GROUP = Statement(select(GROUPS).where(_BY_ID).with_for_update(key_share=True))
INSERT_GROUP = Statement(
    insert(GROUPS)
    .from_select(
        [column.name for column in GROUPS.c],
        select(*(parameter(column.name, column.type) for column in GROUPS.c)),
    )
    .on_conflict_do_nothing()
    .returning(GROUPS.c.id)
)
UPDATE_GROUP = Statement(
    update(GROUPS)
    .where(_BY_ID)
    .values(
        display_name=parameter("display_name", TEXT),
        display_name_key=parameter("display_name_key", KEY),
        external_id=parameter("external_id", KEY),
        updated_at=parameter("updated_at", INSTANT),
        version=parameter("version", GROUPS.c.version.type),
    )
)
DELETE_GROUP = Statement(delete(GROUPS).where(_BY_ID))
SAME_GROUP_NAMES = Statement(
    select(GROUPS.c["id", "display_name_key", "external_id"]).where(
        GROUPS.c.organization_id == ORGANIZATION,
        (GROUPS.c.display_name_key == parameter("display_name_key", KEY))
        | (GROUPS.c.external_id == parameter("external_id", KEY)),
    )
)
GROUP_IDS_OF_MEMBER = Statement(
    select(GROUP_MEMBERS.c.group_id).where(
        GROUP_MEMBERS.c.organization_id == ORGANIZATION,
        GROUP_MEMBERS.c.member_id == parameter("member_id", UUID_TYPE),
    )
)
LOCK_GROUPS = Statement(
    select(GROUPS.c.id)
    .where(
        GROUPS.c.organization_id == ORGANIZATION,
        GROUPS.c.id == func.any(parameter("group_ids", UUIDS)),
    )
    .order_by(GROUPS.c.id)
    .with_for_update(key_share=True)
)
GROUPS_AMONG = Statement(
    select(GROUPS.c.id).where(
        GROUPS.c.organization_id == ORGANIZATION,
        GROUPS.c.id == func.any(parameter("ids", UUIDS)),
    )
)


def group_of(row: Mapping[str, Any]) -> Group:
    """The aggregate that a row holds."""
    return Group(
        organization_id=row["organization_id"],
        id=row["id"],
        attributes=GroupAttributes(
            row["display_name"], row["display_name_key"], row["external_id"]
        ),
        source=ProvisioningSource(row["source"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )


def group_values(group: Group) -> dict[str, Any]:
    """Every column of a group by name."""
    return {
        "organization_id": group.organization_id,
        "id": group.id,
        "display_name": group.attributes.display_name,
        "display_name_key": group.attributes.display_name_key,
        "external_id": group.attributes.external_id,
        "source": group.source,
        "created_at": group.created_at,
        "updated_at": group.updated_at,
        "version": group.version,
    }
