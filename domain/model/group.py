"""The group: a named set of members, its tables, its rules, and edits of its membership.

A group never holds its members: an edit is folded into plain sets and applied by set-based SQL, so
that changing one member costs the same in a group of 10 and of 100,000.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlmodel import Field, SQLModel

from domain.errors import Invalid, ManagedByIdp
from domain.folding import folded_key
from domain.model.base import (
    UUID,
    datetime,
    instant_column,
    one_of,
    text_column,
    uuid_key,
)
from domain.model.changes import Change
from domain.text import check_text
from domain.vocabulary import Origin, ProvisioningSource

ADMINISTRATORS = frozenset({Origin.ADMIN_API, Origin.CONSOLE, Origin.CLI})
MAX_DISPLAY_NAME = 256
MAX_EXTERNAL_ID = 300


class GroupTable(SQLModel, table=True):
    """One row per group."""

    __tablename__ = "groups"
    __table_args__ = (
        UniqueConstraint("organization_id", "display_name_key"),
        UniqueConstraint("organization_id", "external_id"),
        ForeignKey(["organization_id"], ["organizations.id"]),
        Index(None, "organization_id", "updated_at", "id"),
        one_of("source", ProvisioningSource),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    display_name: str = text_column()
    display_name_key: str = text_column(collate_c=True)
    external_id: str | None = text_column(nullable=True, collate_c=True)
    source: str = text_column()
    created_at: datetime = instant_column()
    updated_at: datetime = instant_column()
    version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False))


class GroupMemberTable(SQLModel, table=True):
    """One row per member of a group."""

    __tablename__ = "group_members"
    __table_args__ = (
        ForeignKey(["organization_id", "group_id"], ["groups.organization_id", "groups.id"]),
        ForeignKey(["organization_id", "member_id"], ["members.organization_id", "members.id"]),
        Index(None, "organization_id", "member_id", "group_id"),
    )

    organization_id: UUID = uuid_key()
    group_id: UUID = uuid_key()
    member_id: UUID = uuid_key()


class GroupChangeTable(SQLModel, table=True):
    """The members that one group event added or removed; serves history and state as of then."""

    __tablename__ = "group_changes"
    __table_args__ = (Index(None, "organization_id", "group_id", "sequence", "member_id"),)

    organization_id: UUID = uuid_key()
    member_id: UUID = uuid_key()
    sequence: int = Field(sa_column=Column(BigInteger, primary_key=True))
    group_id: UUID = uuid_key()
    added: bool


class EditKind(Enum):
    """What a membership edit does with its member ids."""

    ADD = auto()
    REMOVE = auto()
    REPLACE = auto()


@dataclass(frozen=True, slots=True)
class MembershipEdit:
    """One step of a change of membership; REPLACE with no ids empties the group."""

    kind: EditKind
    member_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """What a sequence of edits comes to: final = (replaces ? add : current ∪ add) minus remove."""

    add: frozenset[UUID] = frozenset()
    remove: frozenset[UUID] = frozenset()
    replaces: bool = False

    @staticmethod
    def fold(edits: Iterable[MembershipEdit]) -> MembershipChange:
        """The edits, in order, as one change of sets."""
        change = MembershipChange()
        for edit in edits:
            ids = edit.member_ids
            match edit.kind:
                case EditKind.ADD:
                    change = replace(change, add=change.add | ids, remove=change.remove - ids)
                case EditKind.REMOVE:
                    removed = change.remove if change.replaces else change.remove | ids
                    change = replace(change, add=change.add - ids, remove=removed)
                case EditKind.REPLACE:
                    change = MembershipChange(add=ids, replaces=True)
        return change

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.add or self.remove or self.replaces)

    @property
    def commutes(self) -> bool:
        """Whether it only adds or only removes, so that it needs no view of the group to be right.

        Such a change may run as one statement; others lock the group first and then look.
        """
        return not self.replaces and not (self.add and self.remove)


@dataclass(frozen=True, slots=True)
class GroupAttributes:
    """Name and provider's id of a group, checked by `of`."""

    display_name: str
    display_name_key: str
    external_id: str | None

    @staticmethod
    def of(*, display_name: str, external_id: str | None = None) -> GroupAttributes:
        """Checked attributes; raises Invalid naming the attribute that breaks a limit."""
        if not display_name or display_name.isspace():
            raise Invalid("displayName", "must not be empty")
        check_text("displayName", display_name, MAX_DISPLAY_NAME)
        check_text("externalId", external_id, MAX_EXTERNAL_ID)
        return GroupAttributes(
            display_name, folded_key("displayName", display_name), external_id or None
        )


@dataclass(frozen=True, slots=True)
class GroupEvent:
    """What a rule of `Group` decided: the new state and the fact to write down."""

    group: Group
    action: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The aggregate without its members."""

    organization_id: UUID
    id: UUID
    attributes: GroupAttributes
    source: ProvisioningSource
    created_at: datetime
    updated_at: datetime
    version: int = 1

    @staticmethod
    def create(
        *,
        organization_id: UUID,
        group_id: UUID,
        attributes: GroupAttributes,
        source: ProvisioningSource,
        now: datetime,
    ) -> GroupEvent:
        """A new, empty group."""
        group = Group(organization_id, group_id, attributes, source, now, now)
        return GroupEvent(group, "group.created", group.facts())

    def facts(self) -> tuple[Change, ...]:
        """Every attribute as a change from nothing."""
        changes = [Change("displayName", None, self.attributes.display_name)]
        if self.attributes.external_id is not None:
            changes.append(Change("externalId", None, self.attributes.external_id))
        changes.append(Change("source", None, self.source))
        return tuple(changes)

    def update(self, attributes: GroupAttributes, now: datetime) -> GroupEvent | None:
        """Another name or provider's id; None when nothing differs."""
        if attributes == self.attributes:
            return None
        changes = []
        if attributes.display_name != self.attributes.display_name:
            changes.append(
                Change("displayName", self.attributes.display_name, attributes.display_name)
            )
        if attributes.external_id != self.attributes.external_id:
            changes.append(
                Change("externalId", self.attributes.external_id, attributes.external_id)
            )
        updated = replace(self, attributes=attributes, updated_at=now, version=self.version + 1)
        return GroupEvent(updated, "group.updated", tuple(changes))

    def require_editable(self, origin: Origin) -> None:
        """Raises ManagedByIdp for an administrator where the identity provider made the group."""
        if self.source is ProvisioningSource.SCIM and origin in ADMINISTRATORS:
            raise ManagedByIdp("The identity provider owns this group; change it there.", "group")

    def delete(self) -> GroupEvent:
        """The end of the group; its members stay members of the organization."""
        gone = tuple(Change(fact.attribute, fact.after, None) for fact in self.facts())
        return GroupEvent(self, "group.deleted", gone)
