"""Reads the envelope of a PATCH: operations with kind, path and value (RFC 7644 §3.5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .ast import AttributePath, PatchPath
from .dialect import Deviation, Warnings
from .errors import ScimError
from .grammar import parse_path
from .messages import PATCH_OP_URN
from .scanner import split_path
from .schema_model import ResourceSchema, Schema

MAX_OPERATIONS = 1000

# What clients echo from an earlier answer inside a value without path; it asks for nothing.
ECHOED_KEYS = frozenset({"schemas", "id", "meta"})


class OperationKind(StrEnum):
    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `index` is its place in the request, `is_spread` that it came without path."""

    index: int
    kind: OperationKind
    path: PatchPath | None = None
    value: Any = None
    has_value: bool = False
    is_spread: bool = False

    @property
    def place(self) -> str:
        return f"Operations[{self.index}]"


_KINDS = {kind.value: kind for kind in OperationKind}


def parse_patch(body: Mapping[str, Any], warnings: Warnings) -> tuple[Operation, ...]:
    """The operations of a PatchOp body in their order; ScimError 400, 413 above 1,000 of them."""
    keys = _lower_keys(body)
    if "operations" not in keys and "members" in keys:
        raise ScimError.invalid_syntax(
            "This is a PATCH of SCIM 1.1; send Operations, as SCIM 2.0 does (RFC 7644 §3.5.2)."
        )
    _check_envelope(keys.get("schemas"), warnings)
    operations = keys.get("operations")
    if not isinstance(operations, list) or not operations:
        raise ScimError.invalid_syntax("Send Operations as a list with at least one operation.")
    if len(operations) > MAX_OPERATIONS:
        raise ScimError.too_large(f"Send at most {MAX_OPERATIONS} Operations in one request.")
    parsed: list[Operation] = []
    for index, raw in enumerate(operations):
        try:
            parsed.append(_parse_operation(index, raw, warnings))
        except ScimError as error:
            raise error.within(f"Operations[{index}]") from None
    return tuple(parsed)


def spread(
    operation: Operation, resource: ResourceSchema, warnings: Warnings
) -> Iterator[Operation]:
    """Operations with a path of their own for every key of a value that came without one.

    A value under the URN of a schema is spread alike. Keys may be plain, dotted, filtered or
    URN-qualified names.
    """
    if operation.path is not None:
        schema = whole_schema(operation.path, resource)
        is_removal = operation.kind is OperationKind.REMOVE
        if schema is None or is_removal or not isinstance(operation.value, dict):
            yield operation
        else:
            yield from _spread_keys(operation, operation.value, schema, resource, warnings)
        return
    if operation.kind is OperationKind.REMOVE:
        # RFC 7644 §3.5.2.2
        raise ScimError.no_target("Give the path of what to remove.")
    if not isinstance(operation.value, dict):
        raise ScimError.invalid_value("Give a path, or a value that is an object of attributes.")
    yield from _spread_keys(operation, operation.value, None, resource, warnings)


def whole_schema(path: PatchPath, resource: ResourceSchema) -> Schema | None:
    """The schema a path names as a whole, by its URN."""
    if path.path.urn is None or path.path.sub is not None or path.condition is not None:
        return None
    return resource.schema(str(path.path))


def _spread_keys(
    operation: Operation,
    values: dict[str, Any],
    within: Schema | None,
    resource: ResourceSchema,
    warnings: Warnings,
) -> Iterator[Operation]:
    for key, value in values.items():
        if key.lower() in ECHOED_KEYS:
            continue
        schema = resource.schema(key)
        if schema is not None and isinstance(value, dict):
            yield from _spread_keys(operation, value, schema, resource, warnings)
            continue
        path = _key_path(key, within, warnings)
        if path is None:
            warnings.add(Deviation.UNKNOWN_ATTRIBUTE, attribute=key)
        else:
            yield replace(operation, path=path, value=value, has_value=True, is_spread=True)


def _key_path(key: str, within: Schema | None, warnings: Warnings) -> PatchPath | None:
    plain = split_path(key)
    if plain is None:
        if "[" not in key:
            return None
        path = parse_path(key, warnings)
    else:
        path = PatchPath(plain, text=key)
    if plain is None or plain.sub is not None or plain.urn is not None:
        warnings.add(Deviation.PATHLESS_KEY_IS_PATH, key=key)
    if within is not None and path.path.urn is None:
        qualified = AttributePath(within.id, path.path.name, path.path.sub)
        path = replace(path, path=qualified)
    return path


def _lower_keys(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in raw.items()}


def _check_envelope(schemas: Any, warnings: Warnings) -> None:
    if not schemas:
        warnings.add(Deviation.SCHEMAS_MISSING)
        return
    urns = schemas if isinstance(schemas, list) else [schemas]
    if not any(isinstance(urn, str) and urn.lower() == PATCH_OP_URN.lower() for urn in urns):
        raise ScimError.invalid_syntax(f"Name {PATCH_OP_URN} in schemas.")


def _parse_operation(index: int, raw: Any, warnings: Warnings) -> Operation:
    if not isinstance(raw, dict):
        raise ScimError.invalid_syntax("Send the operation as an object.")
    keys = raw if "op" in raw else _lower_keys(raw)
    name = keys.get("op")
    kind = _KINDS.get(name.lower()) if isinstance(name, str) else None
    if kind is None:
        raise ScimError.invalid_syntax("Set op to add, remove or replace.")
    if name != kind.value:
        warnings.add(Deviation.UPPER_CASE_OP, given=name, read=kind.value)
    if "path" not in keys or "value" not in keys:
        keys = _lower_keys(keys)
    path = keys.get("path")
    if path is not None and not isinstance(path, str):
        raise ScimError.invalid_path("Send path as a string.")
    return Operation(
        index=index,
        kind=kind,
        path=parse_path(path, warnings) if path and not path.isspace() else None,
        value=keys.get("value"),
        has_value="value" in keys,
    )
