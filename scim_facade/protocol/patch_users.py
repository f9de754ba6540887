"""Applies a PATCH to a user document, operation by operation, as a pure function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .dialect import Deviation, Warnings
from .errors import ScimError
from .patch_elements import change_elements
from .patch_operations import Operation, OperationKind, spread, whole_schema
from .patch_paths import Target, find_target
from .schema_catalogue import USER_RESOURCE
from .schema_model import Resolved, Schema
from .values import read_object, read_value


def apply_user_patch(
    document: Mapping[str, Any], operations: tuple[Operation, ...], warnings: Warnings
) -> dict[str, Any]:
    """The document after all operations in their order; the one given is never changed.

    `document` is a canonical user, with or without schemas, id and meta. ScimError 400 names the
    failing operation by its index; nothing is kept then. `schemas`, where there, follows the
    extensions that gained or lost their data.
    """
    patch = _Patch(document, warnings)
    for operation in operations:
        try:
            for single in spread(operation, USER_RESOURCE, warnings):
                patch.apply(single)
        except ScimError as error:
            raise error.within(operation.place) from None
    return patch.finish(document)


class _Patch:
    """The document under change."""

    __slots__ = ("document", "warnings")

    def __init__(self, document: Mapping[str, Any], warnings: Warnings) -> None:
        self.document: dict[str, Any] = {key: _copy(value) for key, value in document.items()}
        self.warnings = warnings

    def apply(self, operation: Operation) -> None:
        schema = operation.path and whole_schema(operation.path, USER_RESOURCE)
        if schema:
            self._apply_to_schema(operation, schema)
            return
        target = find_target(operation, USER_RESOURCE, self.warnings)
        if target is None:
            return
        if target.resolved.attribute.multi_valued:
            elements = self._get(target.resolved)
            changed = change_elements(
                operation, target, elements if isinstance(elements, list) else [], self.warnings
            )
            self._put(target.resolved, changed or None)
        elif target.resolved.attribute.is_complex:
            self._apply_to_object(operation, target)
        else:
            self._apply_to_simple(operation, target)

    def _apply_to_schema(self, operation: Operation, schema: Schema) -> None:
        """An extension as a whole; values that are objects were spread over its attributes."""
        if schema is not USER_RESOURCE.core and schema.is_read_only:
            if not operation.is_spread:
                raise ScimError.mutability(f"Do not change {schema.id}; it is read-only.")
            return
        if operation.kind is OperationKind.REMOVE:
            if schema is USER_RESOURCE.core:
                raise ScimError.mutability("Name the attribute to remove, not the core schema.")
        elif operation.has_value and operation.value not in (None, "", []):
            raise ScimError.invalid_value(f"Send {schema.id} as an object.")
        elif not operation.has_value or schema is USER_RESOURCE.core:
            raise ScimError.invalid_value(f"Give {schema.id} a value that is an object.")
        self.document.pop(schema.id, None)

    def _apply_to_simple(self, operation: Operation, target: Target) -> None:
        attribute = target.resolved.attribute
        if operation.kind is OperationKind.REMOVE:
            if attribute.required:
                raise ScimError.mutability(f"Do not remove {attribute.name}; it is required.")
            self._put(target.resolved, None)
            return
        value = read_value(attribute, _value_of(operation, target), self.warnings)
        if value is None:
            if attribute.required:
                raise ScimError.invalid_value(f"Give {attribute.name} a value; it is required.")
            self.warnings.add(Deviation.BLANK_CLEARED, attribute=attribute.name)
        self._put(target.resolved, value)

    def _apply_to_object(self, operation: Operation, target: Target) -> None:
        """A single complex value: parts that were sent change, the others stay."""
        attribute, sub = target.resolved.attribute, target.resolved.sub
        parts: dict[str, Any]
        if operation.kind is OperationKind.REMOVE:
            if sub is None:
                self._put(target.resolved, None)
                return
            parts = {sub.name: None}
        else:
            value = _value_of(operation, target)
            if sub is not None:
                parts = {sub.name: read_value(sub, value, self.warnings, target.resolved.text)}
            else:
                parts = read_object(attribute, value, self.warnings, attribute.name)
                if not parts and not isinstance(value, dict):
                    self.warnings.add(Deviation.BLANK_CLEARED, attribute=attribute.name)
                    self._put(target.resolved, None)
                    return
        known = self._get(target.resolved)
        merged: dict[str, Any] = dict(known) if isinstance(known, dict) else {}
        if "value" in parts and parts["value"] != merged.get("value"):
            # Who the manager is has changed; what described the former one is void.
            merged = {}
        merged.update(parts)
        left = {key: part for key, part in merged.items() if part is not None}
        self._put(target.resolved, left or None)

    def _get(self, resolved: Resolved) -> Any:
        holder = self.document if resolved.urn is None else self.document.get(resolved.urn)
        return holder.get(resolved.attribute.name) if isinstance(holder, dict) else None

    def _put(self, resolved: Resolved, value: Any) -> None:
        """Assign a top-level or extension attribute; None unassigns it."""
        name, urn = resolved.attribute.name, resolved.urn
        if urn is None:
            holder = self.document
        else:
            container = self.document.get(urn)
            holder = container if isinstance(container, dict) else {}
        if value is None:
            holder.pop(name, None)
        else:
            holder[name] = value
        if urn is not None:
            if holder:
                self.document[urn] = holder
            else:
                self.document.pop(urn, None)

    def finish(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """RFC 7644 §3.5.2: `schemas` gains the URN of an extension that was written."""
        schemas = self.document.get("schemas")
        if isinstance(schemas, list):
            for extension in USER_RESOURCE.extensions:
                urn = extension.id
                if urn in self.document and urn not in schemas:
                    schemas.append(urn)
                elif urn in before and urn not in self.document and urn in schemas:
                    schemas.remove(urn)
        return self.document


def _value_of(operation: Operation, target: Target) -> Any:
    if not operation.has_value:
        raise ScimError.invalid_value(f"Give a value to {operation.kind} at {target.text}.")
    return operation.value


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copy(inner) for inner in value]
    return value
