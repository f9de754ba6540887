"""Turns a PATCH of a group into edits, without ever seeing its members."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, Final, Literal, TypeAlias

from .ast import Comparison, Filter, Operator, Or
from .dialect import Deviation, Warnings
from .errors import ScimError
from .members import read_members
from .patch_operations import Operation, OperationKind, spread, whole_schema
from .patch_paths import Target, find_target
from .schema_catalogue import GROUP_RESOURCE
from .values import read_value


class _Unset(Enum):
    UNSET = "unset"


Unset: TypeAlias = Literal[_Unset.UNSET]
UNSET: Final = _Unset.UNSET


class EditKind(StrEnum):
    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class MembershipEdit:
    """A change of the members by their ids, each once; REPLACE without ids empties the group."""

    kind: EditKind
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupPatch:
    """What a PATCH asks of a group: None keeps the name; an UNSET externalId stays as it is."""

    display_name: str | None = None
    external_id: str | Unset | None = UNSET
    memberships: tuple[MembershipEdit, ...] = ()


def read_group_patch(operations: tuple[Operation, ...], warnings: Warnings) -> GroupPatch:
    """The normalized edits in their order, neighbours of one kind merged.

    ScimError 400 names the failing operation by its index.
    """
    patch = _Patch(warnings)
    for operation in operations:
        try:
            for single in spread(operation, GROUP_RESOURCE, warnings):
                patch.apply(single)
        except ScimError as error:
            raise error.within(operation.place) from None
    return GroupPatch(
        display_name=patch.display_name,
        external_id=patch.external_id,
        memberships=tuple(MembershipEdit(kind, tuple(ids)) for kind, ids in patch.edits),
    )


class _Patch:
    """The edits collected so far; ids in a dict keep their order and appear once."""

    __slots__ = ("display_name", "edits", "external_id", "warnings")

    def __init__(self, warnings: Warnings) -> None:
        self.warnings = warnings
        self.display_name: str | None = None
        self.external_id: str | Unset | None = UNSET
        self.edits: list[tuple[EditKind, dict[str, None]]] = []

    def apply(self, operation: Operation) -> None:
        if operation.path is not None and whole_schema(operation.path, GROUP_RESOURCE):
            if operation.kind is OperationKind.REMOVE:
                raise ScimError.mutability("Name the attribute to remove, not the core schema.")
            raise ScimError.invalid_value("Give the schema a value that is an object.")
        target = find_target(operation, GROUP_RESOURCE, self.warnings)
        if target is None:
            return
        match target.resolved.attribute.name:
            case "displayName":
                self.display_name = self._text(operation, target)
            case "externalId":
                self.external_id = self._text(operation, target)
            case "members" if target.resolved.sub is not None:
                raise ScimError.mutability("Remove the member and add another one instead.")
            case "members" if target.condition is not None:
                self._at_condition(operation, target.condition)
            case "members":
                self._at_members(operation)
            case name:
                self.warnings.add(Deviation.UNKNOWN_ATTRIBUTE, attribute=name)

    def _text(self, operation: Operation, target: Target) -> str | None:
        attribute = target.resolved.attribute
        if operation.kind is OperationKind.REMOVE:
            if attribute.required:
                raise ScimError.mutability(f"Do not remove {attribute.name}; it is required.")
            return None
        if not operation.has_value:
            raise ScimError.invalid_value(f"Give a value to {operation.kind} at {target.text}.")
        value: Any = read_value(attribute, operation.value, self.warnings)
        if value is None and attribute.required:
            raise ScimError.invalid_value(f"Give {attribute.name} a value; it is required.")
        return None if value is None else str(value)

    def _at_members(self, operation: Operation) -> None:
        if operation.kind is OperationKind.REMOVE and operation.value is None:
            # RFC 7644 §3.5.2.2; Keycloak's plugin writes null for all.
            self._edit(EditKind.REPLACE, [])
            return
        if not operation.has_value:
            raise ScimError.invalid_value(f"Give a value to {operation.kind} members.")
        ids = [member.value for member in read_members(operation.value, self.warnings)]
        match operation.kind:
            case OperationKind.ADD:
                self._edit(EditKind.ADD, ids)
            case OperationKind.REPLACE:
                self._edit(EditKind.REPLACE, ids)
            case OperationKind.REMOVE:
                # Read literally it would empty the group; those who send it mean the listed ones.
                self.warnings.add(Deviation.VALUE_IN_REMOVE, attribute="members")
                self._edit(EditKind.REMOVE, ids)

    def _at_condition(self, operation: Operation, condition: Filter) -> None:
        ids = _named_members(condition)
        match operation.kind:
            case OperationKind.REMOVE:
                self._edit(EditKind.REMOVE, ids)
            case OperationKind.ADD:
                self.warnings.add(Deviation.VALUE_IN_PATH, attribute="members")
                self._edit(EditKind.ADD, ids)
            case OperationKind.REPLACE:
                # Sub-attributes of members are immutable, RFC 7643 §4.2.
                raise ScimError.mutability("Remove the member and add another one instead.")

    def _edit(self, kind: EditKind, ids: list[str]) -> None:
        if kind is EditKind.REPLACE:
            if self.edits and self.edits[-1][0] is kind:
                self.edits.pop()
            self.edits.append((kind, dict.fromkeys(ids)))
        elif ids:
            if not self.edits or self.edits[-1][0] is not kind:
                self.edits.append((kind, {}))
            self.edits[-1][1].update(dict.fromkeys(ids))


def _named_members(condition: Filter) -> list[str]:
    """The ids in `value eq "…"`, also joined by `or`; nothing else finds members unread."""
    ids: list[str] = []
    for term in condition.terms if isinstance(condition, Or) else (condition,):
        match term:
            case Comparison(path, Operator.EQ, str() as value) if path.name == "value":
                ids.append(value)
            case _:
                raise ScimError.invalid_filter('Name members by value eq "id", joined by or.')
    return ids
