"""Reads the members of a group from every shape in which they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .dialect import Deviation, Warnings
from .errors import ScimError


@dataclass(frozen=True, slots=True)
class MemberReference:
    """A member by its id, with the type it was sent with."""

    value: str
    type: str | None = None


def read_members(raw: Any, warnings: Warnings) -> tuple[MemberReference, ...]:
    """The members in their order, each once; empty for null, blank and empty values.

    Accepts a list, one object, a plain id and `{"members": …}` (Salesforce). `$ref` and `display`
    are passed over. ScimError 400 invalidValue for anything else.
    """
    if isinstance(raw, dict) and "value" not in raw:
        wrapped = next((key for key in raw if key.lower() == "members"), None)
        if wrapped is not None:
            warnings.add(Deviation.MEMBERS_WRAPPED)
            return read_members(raw[wrapped], warnings)
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return ()
    if not isinstance(raw, list):
        warnings.add(Deviation.OBJECT_FOR_LIST, attribute="members")
        raw = [raw]
    members: dict[str, MemberReference] = {}
    for item in raw:
        value = item.get("value") if type(item) is dict else None
        if type(value) is str and value and value not in members:
            kind = item.get("type")
            members[value] = MemberReference(value, kind if type(kind) is str else None)
        elif type(value) is not str or not value:
            reference = _read_unusual(item, warnings)
            if reference is not None:
                members.setdefault(reference.value, reference)
    return tuple(members.values())


def _read_unusual(item: Any, warnings: Warnings) -> MemberReference | None:
    if item is None:
        return None
    if isinstance(item, str):
        warnings.add(Deviation.MEMBER_WITHOUT_OBJECT)
        item = {"value": item}
    if isinstance(item, dict):
        parts = {key.lower(): part for key, part in item.items()}
        value, kind = parts.get("value"), parts.get("type")
        if isinstance(value, str) and value.strip():
            return MemberReference(value, kind if isinstance(kind, str) else None)
    raise ScimError.invalid_value("Give every member as an object whose value is the member's id.")
