"""Loads what things were like at moments of the past, many things of one moment in one go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from strawberry.dataloader import DataLoader

from domain.ids import UUID
from domain.queries.moments import Moment, moment_of
from domain.queries.paging import Page, Window
from domain.queries.past_groups import group_ids_as_of, groups_as_of
from domain.queries.past_members import members_as_of
from domain.queries.past_memberships import counts_of_members_as_of, pages_of_members_as_of
from domain.queries.rows import PastGroup, PastMember

if TYPE_CHECKING:
    from domain.queries.reader import Reader

Key = tuple[UUID, UUID, Moment]
Fetch = Callable[["Reader", UUID, Sequence[UUID], Moment], Awaitable[dict[UUID, Any]]]


class PastLoaders:
    """The loaders of one view of the data. Keys are organization, id and moment."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @cached_property
    def moment(self) -> DataLoader[tuple[UUID, datetime], Moment]:
        """By organization and instant."""

        async def load(keys: list[tuple[UUID, datetime]]) -> list[Moment]:
            return [await moment_of(self._reader, *key) for key in keys]

        return DataLoader(load_fn=load)

    @cached_property
    def member(self) -> DataLoader[Key, PastMember | None]:
        """The member as it was."""
        return self._of_a_moment(members_as_of)

    @cached_property
    def group(self) -> DataLoader[Key, PastGroup | None]:
        """The group as it was."""
        return self._of_a_moment(groups_as_of)

    @cached_property
    def group_ids(self) -> DataLoader[Key, list[UUID]]:
        """The ids of the groups that a member was in, in order."""
        return self._of_a_moment(group_ids_as_of)

    @cached_property
    def members(self) -> DataLoader[tuple[PastGroup, Window], Page[PastMember]]:
        """A page of the members of a group as it was."""

        async def load(keys: list[tuple[PastGroup, Window]]) -> list[Page[PastMember]]:
            found: dict[tuple[PastGroup, Window], Page[PastMember]] = {}
            for window in dict.fromkeys(window for _, window in keys):
                for groups in _by_moment([group for group, other in keys if other == window]):
                    pages = await pages_of_members_as_of(self._reader, groups, window)
                    found |= {(group, window): pages[group.id] for group in groups}
            return [found[key] for key in keys]

        return DataLoader(load_fn=load)

    @cached_property
    def member_count(self) -> DataLoader[PastGroup, int]:
        """How many members a group had."""

        async def load(groups: list[PastGroup]) -> list[int]:
            found: dict[PastGroup, int] = {}
            for some in _by_moment(groups):
                numbers = await counts_of_members_as_of(self._reader, some)
                found |= {group: numbers[group.id] for group in some}
            return [found[group] for group in groups]

        return DataLoader(load_fn=load)

    def _of_a_moment(self, fetch: Fetch) -> DataLoader[Key, Any]:
        async def load(keys: list[Key]) -> list[Any]:
            found: dict[Key, Any] = {}
            for organization_id, moment in dict.fromkeys((key[0], key[2]) for key in keys):
                ids = [key[1] for key in keys if (key[0], key[2]) == (organization_id, moment)]
                rows = await fetch(self._reader, organization_id, ids, moment)
                found |= {(organization_id, id_, moment): row for id_, row in rows.items()}
            return [found.get(key) for key in keys]

        return DataLoader(load_fn=load)


def _by_moment(groups: list[PastGroup]) -> list[list[PastGroup]]:
    """The groups of each organization and moment."""
    found: dict[tuple[UUID, int, datetime], list[PastGroup]] = {}
    for group in groups:
        found.setdefault((group.organization_id, group.position, group.moment), []).append(group)
    return list(found.values())
