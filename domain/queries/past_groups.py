"""Groups as they were, and who was in them: from the events and the changes that go with them.

A group's changes follow one another under its lock, so that their sequence is also the order of
their positions: what had happened to its members at a moment is everything up to one last change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.model.audit_event import MEMBERSHIP_EVENTS
from domain.queries.moments import find_by_name
from domain.queries.rows import PastGroup
from domain.store.released_names import DISPLAY_NAME, GROUP_EXTERNAL_ID
from domain.vocabulary import ProvisioningSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.ids import UUID
    from domain.queries.moments import Moment
    from domain.queries.reader import Reader

_OWN = """
SELECT subject_id, action, changes, recorded_at, sequence FROM audit_events
WHERE organization_id = $1 AND subject_id = ANY($2) AND position <= $3
  AND action IN ('group.created', 'group.updated', 'group.deleted')
ORDER BY subject_id, position
"""
_POSITION = f"""
(SELECT event.position FROM audit_events AS event
 WHERE event.organization_id = $1 AND event.sequence = change.sequence AND {MEMBERSHIP_EVENTS})
"""  # noqa: S608 made of constants
# Events are sealed nearly in the order of their sequence. From the event at the moment a step or
# two lead to the first change after it, and from there to the last change before.
_LAST_CHANGES = f"""
WITH moment AS (
  SELECT sequence FROM audit_events WHERE organization_id = $1 AND position = $3
), following AS (
  SELECT wanted.id, (
    SELECT change.sequence FROM group_changes AS change
    WHERE change.organization_id = $1 AND change.group_id = wanted.id
      AND change.sequence > (SELECT sequence FROM moment) AND {_POSITION} > $3
    ORDER BY change.sequence LIMIT 1
  ) AS sequence
  FROM unnest($2::uuid[]) AS wanted (id)
), last AS (
  SELECT following.id, (
    SELECT change.sequence FROM group_changes AS change
    WHERE change.organization_id = $1 AND change.group_id = following.id
      AND change.sequence < coalesce(following.sequence, {2**63 - 1}) AND {_POSITION} <= $3
    ORDER BY change.sequence DESC LIMIT 1
  ) AS sequence
  FROM following
)
SELECT last.id, last.sequence, event.recorded_at, (
  SELECT count(*) FROM (
    SELECT DISTINCT change.sequence FROM group_changes AS change
    WHERE change.organization_id = $1 AND change.group_id = last.id
      AND change.sequence <= last.sequence
  ) AS changes
) AS changes
FROM last JOIN audit_events AS event
  ON event.organization_id = $1 AND event.sequence = last.sequence AND {MEMBERSHIP_EVENTS}
"""  # noqa: S608 made of constants
_GROUPS_OF = f"""
SELECT DISTINCT ON (change.member_id, change.group_id)
  change.member_id, change.group_id, change.added
FROM group_changes AS change
WHERE change.organization_id = $1 AND change.member_id = ANY($2) AND {_POSITION} <= $3
ORDER BY change.member_id, change.group_id, change.sequence DESC
"""  # noqa: S608 made of constants


async def groups_as_of(
    reader: Reader, organization_id: UUID, ids: Sequence[UUID], moment: Moment
) -> dict[UUID, PastGroup]:
    """Those of the groups that were there then, by id; costs their events until then."""
    wanted = list(dict.fromkeys(ids))
    place = (organization_id, wanted, moment.position)
    told: dict[UUID, dict[str, Any]] = {}
    for id_, action, changes, recorded_at, sequence in await reader.source.fetch(_OWN, *place):
        if action == "group.deleted":
            told.pop(id_, None)
            continue
        facts = told.setdefault(id_, {"created_at": recorded_at, "version": 0})
        facts.update({change["attribute"]: change["after"] for change in changes})
        facts["version"] += 1
        facts["updated_at"], facts["sequence"] = recorded_at, sequence
    if not told:
        return {}
    last_changes = {row["id"]: row for row in await reader.source.fetch(_LAST_CHANGES, *place)}
    return {
        id_: _group(organization_id, id_, facts, last_changes.get(id_), moment)
        for id_, facts in told.items()
    }


def _group(
    organization_id: UUID, id_: UUID, facts: dict[str, Any], last: Any, moment: Moment
) -> PastGroup:
    """The group from its facts and from what is known of the last change of its members."""
    changed_last = last is not None and last["sequence"] > facts["sequence"]
    return PastGroup(
        organization_id=organization_id,
        id=id_,
        display_name=facts["displayName"],
        external_id=facts.get("externalId"),
        source=ProvisioningSource(facts["source"]),
        created_at=facts["created_at"],
        updated_at=last["recorded_at"] if changed_last else facts["updated_at"],
        version=facts["version"] + (last["changes"] if last is not None else 0),
        position=moment.position,
        moment=moment.instant,
        last_change=last["sequence"] if last is not None else 0,
    )


async def find_group_as_of(
    reader: Reader,
    organization_id: UUID,
    moment: Moment,
    *,
    external_id: str | None = None,
    display_name: str | None = None,
) -> PastGroup | None:
    """The group that had the one name that is given then."""
    names = (
        (GROUP_EXTERNAL_ID, "external_id", external_id),
        (DISPLAY_NAME, "display_name", display_name),
    )
    return await find_by_name(reader, organization_id, moment, names, groups_as_of)


async def group_ids_as_of(
    reader: Reader, organization_id: UUID, member_ids: Sequence[UUID], moment: Moment
) -> dict[UUID, list[UUID]]:
    """The ids, in order, of the groups in which members were then; costs their own changes."""
    found: dict[UUID, list[UUID]] = {id_: [] for id_ in member_ids}
    rows = await reader.source.fetch(_GROUPS_OF, organization_id, list(found), moment.position)
    for member_id, group_id, added in rows:
        if added:
            found[member_id].append(group_id)
    return found
