"""Reads the body of a POST or PUT into a canonical user or group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .dialect import Deviation, Warnings
from .errors import ScimError
from .members import MemberReference, read_members
from .schema_catalogue import ECHOES, GROUP_RESOURCE, READ_ONLY_URNS, USER_RESOURCE
from .schema_model import Resolved, ResourceSchema, Schema
from .values import read_value

__all__ = ["GroupDocument", "MemberReference", "UserDocument", "read_group", "read_user"]


@dataclass(frozen=True, slots=True)
class UserDocument:
    """A user as it may be stored: `attributes` without schemas, id, meta, groups and password.

    Extension data is under its URN. `cleared` names the top-level keys (canonical, or the URN)
    that were sent as null, blank or empty; `had_password` says that one came and was dropped.
    """

    attributes: dict[str, Any]
    cleared: frozenset[str] = frozenset()
    had_password: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> UserDocument:
        """The storable part of a canonical document, such as the outcome of a PATCH."""
        kept = {
            key: value
            for key, value in document.items()
            if key not in ECHOES and key not in READ_ONLY_URNS
        }
        return cls(kept)

    @property
    def user_name(self) -> str | None:
        return self.attributes.get("userName")

    @property
    def external_id(self) -> str | None:
        return self.attributes.get("externalId")

    @property
    def display_name(self) -> str | None:
        return self.attributes.get("displayName")

    @property
    def active(self) -> bool | None:
        return self.attributes.get("active")


@dataclass(frozen=True, slots=True)
class GroupDocument:
    """A group as it was sent; `members` is None when the body had none to tell."""

    display_name: str | None = None
    external_id: str | None = None
    external_id_cleared: bool = False
    members: tuple[MemberReference, ...] | None = None
    members_cleared: bool = False


def read_user(body: Mapping[str, Any], warnings: Warnings) -> UserDocument:
    """Canonical spelling and types, everything tolerated noted; ScimError 400 invalidValue."""
    reader = _Reader(USER_RESOURCE, warnings)
    reader.check_schemas(body)
    reader.read(body)
    return UserDocument(reader.attributes, frozenset(reader.cleared), reader.had_password)


def read_group(body: Mapping[str, Any], warnings: Warnings) -> GroupDocument:
    """displayName, externalId and members; the rest is dropped. ScimError 400 invalidValue."""
    reader = _Reader(GROUP_RESOURCE, warnings)
    reader.check_schemas(body)
    reader.read({key: value for key, value in body.items() if key.lower() != "members"})
    members: tuple[MemberReference, ...] | None = None
    members_cleared = False
    for key, value in body.items():
        if key.lower() == "members":
            references = read_members(value, warnings)
            members = references or None
            members_cleared = not references
    return GroupDocument(
        display_name=reader.attributes.get("displayName"),
        external_id=reader.attributes.get("externalId"),
        external_id_cleared="externalId" in reader.cleared,
        members=members,
        members_cleared=members_cleared,
    )


class _Reader:
    """One pass over one body, filling `attributes` and `cleared`."""

    __slots__ = ("attributes", "cleared", "had_password", "resource", "warnings")

    def __init__(self, resource: ResourceSchema, warnings: Warnings) -> None:
        self.resource = resource
        self.warnings = warnings
        self.attributes: dict[str, Any] = {}
        self.cleared: set[str] = set()
        self.had_password = False

    def check_schemas(self, body: Mapping[str, Any]) -> None:
        """Note schemas that are missing or foreign; the endpoint decides what the body is."""
        given = body.get("schemas")
        if given is None:
            given = next((v for key, v in body.items() if key.lower() == "schemas"), None)
        if not given:
            self.warnings.add(Deviation.SCHEMAS_MISSING)
            return
        for urn in given if isinstance(given, list) else [given]:
            schema = self.resource.schema(urn) if isinstance(urn, str) else None
            if schema is None or schema.id.lower() != urn.lower():
                self.warnings.add(Deviation.SCHEMAS_FOREIGN, urn=urn)

    def read(self, body: Mapping[str, Any]) -> None:
        known = _TOP_LEVEL[self.resource.name]
        for key, raw in body.items():
            resolved = known.get(key)
            if resolved is None:
                self._read_unusual(key, raw)
            elif raw is None:
                self.cleared.add(key)
            else:
                self._set(resolved, raw)

    def _read_unusual(self, key: str, raw: Any) -> None:
        lower = key.lower()
        if lower in ECHOES:
            return
        if lower == "password":
            self.had_password = self.resource is USER_RESOURCE
            return
        schema = self.resource.schemas.get(lower)
        if schema is not None:
            self._read_container(schema, raw)
            return
        resolved = self.resource.find(None, key)
        if resolved is not None and resolved.is_read_only:
            self.warnings.add(Deviation.READ_ONLY_IGNORED, attribute=key)
        elif resolved is not None:
            if resolved.urn is not None:
                self.warnings.add(Deviation.UNQUALIFIED_EXTENSION, attribute=key, urn=resolved.urn)
            self._set(resolved, raw)
        elif ":" in key:
            self.warnings.add(Deviation.UNKNOWN_EXTENSION, urn=key)
        else:
            self.warnings.add(Deviation.UNKNOWN_ATTRIBUTE, attribute=key)

    def _read_container(self, schema: Schema, raw: Any) -> None:
        if schema is self.resource.core:
            # Nobody should wrap the core attributes in their URN; what is in it is plain.
            if isinstance(raw, dict):
                self.read(raw)
            return
        if schema.is_read_only:
            return
        if raw is None or raw == {}:
            self.cleared.add(schema.id)
            return
        if not isinstance(raw, dict):
            raise ScimError.invalid_value(f"Send {schema.id} as an object.")
        for key, value in raw.items():
            attribute = schema.index.get(key.lower())
            if attribute is None:
                self.warnings.add(Deviation.UNKNOWN_ATTRIBUTE, attribute=f"{schema.id}:{key}")
            else:
                self._set(Resolved(schema.id, attribute), value)

    def _set(self, resolved: Resolved, raw: Any) -> None:
        attribute = resolved.attribute
        target = self.attributes
        if resolved.urn is not None:
            target = self.attributes.setdefault(resolved.urn, {})
        if attribute.type == "string" and type(raw) is str and raw and not raw.isspace():
            target[attribute.name] = raw
            return
        value = read_value(attribute, raw, self.warnings)
        if value is not None:
            target[attribute.name] = value
            return
        target.pop(attribute.name, None)
        if resolved.urn is None:
            self.cleared.add(attribute.name)
        elif not target:
            del self.attributes[resolved.urn]


def _top_level(resource: ResourceSchema) -> dict[str, Resolved]:
    """The writable core and common attributes by canonical name, for the common spelling."""
    return {
        resolved.attribute.name: resolved
        for resolved in resource
        if resolved.urn is None
        and resolved.attribute.name not in ECHOES
        and resolved.attribute.mutability == "readWrite"
    }


_TOP_LEVEL = {r.name: _top_level(r) for r in (USER_RESOURCE, GROUP_RESOURCE)}
