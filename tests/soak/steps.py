"""What each write does to a member or a group, as the documentation promises it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.soak.ledger import GroupState, MemberState, Way

if TYPE_CHECKING:
    from tests.soak.ledger import Step

MemberWay = Way[MemberState]
GroupWay = Way[GroupState]

JOINED = "group_changes.added"
LEFT = "group_changes.removed"
"""Facts that the history of memberships holds, beside the events."""


def created(way: MemberWay) -> MemberWay:
    """Provisioned by SCIM: invited at once."""
    if way.state is not None:
        return way
    return way.then(MemberState(), ("member.invited", ""))


def titled(title: str) -> Step[MemberState]:
    """Another title."""

    def step(way: MemberWay) -> MemberWay:
        if way.state is None or way.state.title == title:
            return way
        return way.then(replace(way.state, title=title), ("member.updated", title))

    return step


def revoked(way: MemberWay) -> MemberWay:
    """Without access."""
    if way.state is None or way.state.revoked:
        return way
    return way.then(replace(way.state, revoked=True), ("member.revoked", ""))


def restored(way: MemberWay) -> MemberWay:
    """With access again."""
    if way.state is None or not way.state.revoked:
        return way
    return way.then(replace(way.state, revoked=False), ("member.restored", ""))


def confirmed(way: MemberWay) -> MemberWay:
    """A person who accepted is let in."""
    if way.state is None or way.state.stage == "CONFIRMED":
        return way
    return way.then(replace(way.state, stage="CONFIRMED"), ("member.confirmed", ""))


def reinvited(way: MemberWay) -> MemberWay:
    """A new invitation in place of the old one."""
    return way if way.state is None else way.then(way.state, ("member.reinvited", ""))


def removed(way: MemberWay) -> MemberWay:
    """Gone, and out of every group."""
    if way.state is None:
        return way
    left = tuple((LEFT, group) for group in sorted(way.state.groups))
    return way.then(None, ("member.removed", ""), *left)


def joined(group: str) -> Step[MemberState]:
    """In the group."""

    def step(way: MemberWay) -> MemberWay:
        if way.state is None or group in way.state.groups:
            return way
        return way.then(replace(way.state, groups=way.state.groups | {group}), (JOINED, group))

    return step


def left(group: str) -> Step[MemberState]:
    """Out of the group."""

    def step(way: MemberWay) -> MemberWay:
        if way.state is None or group not in way.state.groups:
            return way
        return way.then(replace(way.state, groups=way.state.groups - {group}), (LEFT, group))

    return step


def group_created(name: str) -> Step[GroupState]:
    """A new group."""

    def step(way: GroupWay) -> GroupWay:
        return way if way.state is not None else way.then(GroupState(name), ("group.created", ""))

    return step


def renamed(name: str) -> Step[GroupState]:
    """Another name."""

    def step(way: GroupWay) -> GroupWay:
        if way.state is None or way.state.display_name == name:
            return way
        return way.then(GroupState(name), ("group.updated", name))

    return step


def group_deleted(way: GroupWay) -> GroupWay:
    """No group any more; its members lose it by a step of their own."""
    return way if way.state is None else way.then(None, ("group.deleted", ""))
