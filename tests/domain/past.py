"""What an organization shows after a command, to compare with what its history tells of then."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

from domain.application import Application
from domain.ids import UUID
from domain.queries.groups import list_groups
from domain.queries.members import list_members
from domain.queries.moments import Moment
from domain.queries.paging import Page, Window
from domain.queries.past_groups import find_group_as_of, group_ids_as_of, groups_as_of
from domain.queries.past_members import find_member_as_of, members_as_of
from domain.queries.past_memberships import counts_of_members_as_of, pages_of_members_as_of
from domain.queries.reader import Reader
from domain.queries.rows import GroupRow, MemberRow, PastGroup, PastMember
from domain.store.sealer import seal_batch

_HEAD = "SELECT position, occurred_at FROM audit_heads WHERE organization_id = $1"
_IN_GROUPS = (
    "SELECT group_id, member_id FROM group_members WHERE organization_id = $1"
    " ORDER BY group_id, member_id"
)
_UNTOLD = {"account_id", "groups"}


@dataclass(frozen=True, slots=True)
class Picture:
    """Members and groups by id, and the members of each group in the order in which they joined."""

    moment: Moment
    members: dict[UUID, dict[str, Any]]
    groups: dict[UUID, dict[str, Any]]
    joined: dict[UUID, list[UUID]]

    def groups_of(self, member_id: UUID) -> list[UUID]:
        """In the order of their ids."""
        return sorted(id_ for id_, members in self.joined.items() if member_id in members)


async def seal_all(app: Application, organization_id: UUID) -> Moment:
    """Seal what waits; the moment after it."""
    async with app.pool.acquire() as connection:
        while (batch := await seal_batch(connection, organization_id)) is None or batch.ids:
            continue
    rows = await app.pool.fetch(_HEAD, organization_id)
    return Moment(*rows[0])


async def picture(app: Application, organization_id: UUID, before: Picture | None) -> Picture:
    """What there is now."""
    moment = await seal_all(app, organization_id)
    reader = Reader(app.pool)
    present: dict[UUID, list[UUID]] = {}
    for group_id, member_id in await app.pool.fetch(_IN_GROUPS, organization_id):
        present.setdefault(group_id, []).append(member_id)
    joined = {}
    for group_id, ids in present.items():
        earlier = before.joined.get(group_id, []) if before is not None else []
        stayed = [id_ for id_ in earlier if id_ in ids]
        joined[group_id] = stayed + [id_ for id_ in ids if id_ not in stayed]
    return Picture(
        moment,
        {row.id: shown(row) for row in await list_members(reader, organization_id, limit=1000)},
        {row.id: shown(row) for row in await list_groups(reader, organization_id, limit=1000)},
        joined,
    )


def shown(row: MemberRow | GroupRow) -> dict[str, Any]:
    """Everything of a row that the history tells, whether the row is of now or of then."""
    kind = MemberRow if isinstance(row, MemberRow) else GroupRow
    return {
        field.name: getattr(row, field.name) for field in fields(kind) if field.name not in _UNTOLD
    }


async def compare(
    app: Application, organization_id: UUID, then: Picture, everybody: set[UUID]
) -> None:
    """The history must tell of that moment what was seen then, by id and by every name."""
    reader, moment = Reader(app.pool), then.moment
    key = (reader, organization_id)
    members = await members_as_of(*key, sorted(everybody), moment)
    assert {id_: shown(row) for id_, row in members.items()} == then.members
    groups = await groups_as_of(*key, sorted(everybody), moment)
    assert {id_: shown(row) for id_, row in groups.items()} == then.groups
    assert await group_ids_as_of(*key, sorted(everybody), moment) == {
        id_: then.groups_of(id_) for id_ in everybody
    }
    for group in groups.values():
        await _compare_members(reader, group, then)


async def _compare_members(reader: Reader, group: PastGroup, then: Picture) -> None:
    ids = then.joined.get(group.id, [])
    assert await counts_of_members_as_of(reader, [group]) == {group.id: len(ids)}
    page = await _page(reader, group, Window(2))
    pages = [page]
    while page.has_next:
        page = await _page(reader, group, Window(2, after=page.positions[-1]))
        pages.append(page)
    rows = list(chain.from_iterable(page.rows for page in pages))
    assert [row.id for row in rows] == ids
    assert [shown(row) for row in rows] == [then.members[id_] for id_ in ids]
    end = await _page(reader, group, Window(2, backwards=True))
    assert [row.id for row in end.rows] == ids[-2:]
    assert end.has_previous is (len(ids) > 2)


async def _page(reader: Reader, group: PastGroup, window: Window) -> Page[PastMember]:
    return (await pages_of_members_as_of(reader, [group], window))[group.id]


async def compare_names(
    app: Application, organization_id: UUID, then: Picture, names: dict[str, set[str]]
) -> None:
    """Every name that was ever used must lead to whoever had it then, or to nobody."""
    reader, moment = Reader(app.pool), then.moment
    for attribute in ("user_name", "email", "external_id"):
        holders = {
            row[attribute].lower(): id_
            for id_, row in then.members.items()
            if row[attribute] is not None
        }
        for name in names[attribute]:
            found = await find_member_as_of(reader, organization_id, moment, **{attribute: name})
            assert (found.id if found else None) == holders.get(name.lower()), (attribute, name)
    for attribute in ("display_name", "external_id"):
        holders = {
            row[attribute].lower(): id_
            for id_, row in then.groups.items()
            if row[attribute] is not None
        }
        for name in names[f"group_{attribute}"]:
            group = await find_group_as_of(reader, organization_id, moment, **{attribute: name})
            assert (group.id if group else None) == holders.get(name.lower()), (attribute, name)
