"""Who was in a group, page by page, in the order in which they joined it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.errors import Invalid
from domain.ids import UUID
from domain.queries.moments import Moment
from domain.queries.paging import Page, Window, page_of
from domain.queries.past_members import members_as_of
from domain.queries.rows import PastGroup, PastMember

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.queries.reader import Reader

# A row that added a member counts when it is the last word on that member until then.
_PAGE = """
SELECT asked.group_id, row.sequence, row.member_id
FROM unnest($2::uuid[], $3::bigint[]) AS asked (group_id, last_change),
LATERAL (
  SELECT change.sequence, change.member_id FROM group_changes AS change
  WHERE change.organization_id = $1 AND change.group_id = asked.group_id
    AND change.sequence <= asked.last_change AND change.added
    AND (change.sequence, change.member_id) > ($4::bigint, $5::uuid)
    AND (change.sequence, change.member_id) < ($6::bigint, $7::uuid)
    AND change.sequence = (
      SELECT max(later.sequence) FROM group_changes AS later
      WHERE later.organization_id = $1 AND later.member_id = change.member_id
        AND later.group_id = change.group_id AND later.sequence <= asked.last_change
    )
  ORDER BY change.sequence {direction}, change.member_id {direction} LIMIT $8
) AS row
"""
_PAGES = {True: _PAGE.format(direction="DESC"), False: _PAGE.format(direction="ASC")}
_COUNTS = """
SELECT asked.group_id, (
  SELECT count(*) FILTER (WHERE added) - count(*) FILTER (WHERE NOT added) FROM group_changes
  WHERE organization_id = $1 AND group_id = asked.group_id AND sequence <= asked.last_change
) AS number
FROM unnest($2::uuid[], $3::bigint[]) AS asked (group_id, last_change)
"""
_START = (0, UUID(int=0))
_END = (2**63 - 1, UUID(int=2**128 - 1))


async def pages_of_members_as_of(
    reader: Reader, groups: Sequence[PastGroup], window: Window
) -> dict[UUID, Page[PastMember]]:
    """The members of groups as these were, as they were: a page of each group, by its id.

    All groups are of one moment, and there is at least one. Two statements: the pages by index,
    whatever the size of the groups, and the members' events. Raises Invalid for a position that
    is none of this list.
    """
    after = _checked("after", window.after) or _START
    before = _checked("before", window.before) or _END
    organization_id = groups[0].organization_id
    rows = await reader.source.fetch(
        _PAGES[window.backwards],
        organization_id,
        [group.id for group in groups],
        [group.last_change for group in groups],
        *after,
        *before,
        window.limit + 1,
    )
    moment = Moment(groups[0].position, groups[0].moment)
    ids = [row["member_id"] for row in rows]
    members = await members_as_of(reader, organization_id, ids, moment) if ids else {}
    found: dict[UUID, list[Any]] = {group.id: [] for group in groups}
    for group_id, sequence, member_id in rows:
        found[group_id].append((members[member_id], (sequence, member_id)))
    return {id_: page_of(window, rows) for id_, rows in found.items()}


async def counts_of_members_as_of(reader: Reader, groups: Sequence[PastGroup]) -> dict[UUID, int]:
    """How many members each group had, by id; costs the changes of their members until then."""
    rows = await reader.source.fetch(
        _COUNTS,
        groups[0].organization_id,
        [group.id for group in groups],
        [group.last_change for group in groups],
    )
    return dict(tuple(row) for row in rows)


def _checked(name: str, position: Any) -> Any:
    if position is not None and not (
        type(position[0]) is int
        and -(2**63) <= position[0] < 2**63
        and isinstance(position[1], UUID)
    ):
        raise Invalid(name, "is not a position in this list")
    return position
