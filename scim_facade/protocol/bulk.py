"""Reads a BulkRequest and follows its references (RFC 7644 §3.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import ScimError
from .messages import BULK_REQUEST_URN

MAX_OPERATIONS = 1000
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_REFERENCE = re.compile(r"bulkId:([^\s\"'\],/]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """One operation as it was sent; `problem` says why it cannot be carried out at all."""

    index: int
    method: str
    path: str
    bulk_id: str | None
    version: str | None
    data: dict[str, Any] | None
    problem: ScimError | None = None

    @property
    def references(self) -> frozenset[str]:
        """The bulkIds that path and data name."""
        return frozenset({*_found(self.path), *_found(self.data)})


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """The operations in their order; `fail_on_errors` None goes on whatever happens."""

    operations: tuple[BulkOperation, ...]
    fail_on_errors: int | None = None


def parse_bulk(body: Mapping[str, Any]) -> BulkRequest:
    """The request; ScimError 400 invalidSyntax for a wrong envelope, 413 for too many."""
    keys = {key.lower(): value for key, value in body.items()}
    schemas = keys.get("schemas")
    if not isinstance(schemas, list) or not any(
        isinstance(urn, str) and urn.lower() == BULK_REQUEST_URN.lower() for urn in schemas
    ):
        raise ScimError.invalid_syntax(f"Name {BULK_REQUEST_URN} in schemas.")
    operations = keys.get("operations")
    if not isinstance(operations, list) or not operations:
        raise ScimError.invalid_syntax("Send Operations as a list with at least one operation.")
    if len(operations) > MAX_OPERATIONS:
        raise ScimError.too_large(
            f"Send at most {MAX_OPERATIONS} Operations in one request (maxOperations)."
        )
    limit = keys.get("failonerrors")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise ScimError.invalid_value("Send failOnErrors as an integer of at least 1.")
    seen: set[str] = set()
    return BulkRequest(
        tuple(_operation(index, raw, seen) for index, raw in enumerate(operations)), limit
    )


def resolve(value: Any, ids: Mapping[str, str]) -> Any:
    """The same with every reference that `ids` knows replaced by the resource's id."""
    match value:
        case str() if "bulkid:" in value.lower():
            return _REFERENCE.sub(
                lambda match: ids.get(match[1], match[0]),
                value,
            )
        case list():
            return [resolve(item, ids) for item in value]
        case dict():
            return {key: resolve(item, ids) for key, item in value.items()}
        case _:
            return value


def without_references(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Data without the members and the manager that refer to other operations, and those apart.

    Resources that refer to each other are made without the references first.
    """
    kept: dict[str, Any] = {}
    apart: dict[str, Any] = {}
    for key, value in data.items():
        if key.lower() == "members" and isinstance(value, list):
            kept[key] = [item for item in value if not any(_found(item))]
            apart[key] = [item for item in value if any(_found(item))]
        elif isinstance(value, dict) and any(_found(value)):
            inner, inner_apart = without_references(value)
            for name in list(inner):
                if any(_found(inner[name])):
                    inner_apart[f"{name}"] = inner.pop(name)
            kept[key] = inner
            apart[key] = inner_apart
        else:
            kept[key] = value
    return kept, {key: value for key, value in apart.items() if value}


def _operation(index: int, raw: Any, seen: set[str]) -> BulkOperation:
    if not isinstance(raw, dict):
        no_object = ScimError.invalid_syntax("Send every operation as an object.")
        return BulkOperation(index, "", "", None, None, None, no_object)
    keys = {key.lower(): value for key, value in raw.items()}
    method, path, bulk_id = keys.get("method"), keys.get("path"), keys.get("bulkid")
    data, version = keys.get("data"), keys.get("version")
    method = method.upper() if isinstance(method, str) else ""
    path = path if isinstance(path, str) else ""
    if method == "PATCH" and isinstance(data, list):
        # So in the example of RFC 7644 §3.7.3, and in clients that follow it.
        data = {"Operations": data}
    problem = _problem(method, path, bulk_id, data, seen)
    if isinstance(bulk_id, str) and method == "POST":
        seen.add(bulk_id)
    return BulkOperation(
        index,
        method,
        path,
        bulk_id if isinstance(bulk_id, str) else None,
        version if isinstance(version, str) else None,
        data if isinstance(data, dict) else None,
        problem,
    )


def _problem(method: str, path: str, bulk_id: Any, data: Any, seen: set[str]) -> ScimError | None:
    if method not in METHODS:
        return ScimError.invalid_syntax("Give every operation a method: POST, PUT, PATCH, DELETE.")
    segments = [segment for segment in path.split("/") if segment]
    if not path.startswith("/") or not 1 <= len(segments) <= 2:
        return ScimError.invalid_value("Give every operation a path such as /Users or /Users/{id}.")
    if (len(segments) == 1) is not (method == "POST"):
        return ScimError.invalid_value(
            "POST to a resource type such as /Users; other methods need /Users/{id}."
        )
    if method == "POST" and not (isinstance(bulk_id, str) and bulk_id):
        return ScimError.invalid_syntax("Give every POST a bulkId.")
    if method == "POST" and bulk_id in seen:
        return ScimError.invalid_value(f"Use the bulkId {bulk_id[:64]} once.")
    if method != "DELETE" and not isinstance(data, dict):
        return ScimError.invalid_syntax(f"Give {method} data that is an object.")
    return None


def _found(value: Any) -> Iterator[str]:
    match value:
        case str():
            for match in _REFERENCE.finditer(value):
                yield match[1]
        case list():
            for item in value:
                yield from _found(item)
        case dict():
            for item in value.values():
                yield from _found(item)
        case _:
            return
