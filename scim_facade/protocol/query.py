"""The parameters of a list: from the raw query string, or from the body of a /.search."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_to_bytes

from .errors import ScimError
from .messages import SEARCH_REQUEST_URN

LARGEST_NUMBER = 2**63 - 1

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_INTEGER = re.compile(r"[+-]?[0-9]+")

_KEYS = {
    "filter": "filter",
    "startindex": "startIndex",
    "count": "count",
    "attributes": "attributes",
    "excludedattributes": "excludedAttributes",
    "sortby": "sortBy",
    "sortorder": "sortOrder",
    "cursor": "cursor",
}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list was asked for; `cursor` is "" for the first page by cursor (RFC 9865 §2)."""

    filter: str | None = None
    start_index: int = 1
    count: int | None = None
    attributes: str | list[str] | None = None
    excluded_attributes: str | list[str] | None = None
    sort_by: str | None = None
    sort_order: str | None = None
    cursor: str | None = None


_DEFAULT = ListQuery()


def parse_query(raw_query: bytes) -> ListQuery:
    """Read the bytes behind the `?`; ScimError 400 for what does not decode or is no integer.

    `+` is a space. Unknown keys and keys without a value are passed over, keys match in any case.
    A key that comes twice with two values is refused: whichever was ignored might have narrowed
    the list.
    """
    if not raw_query:
        return _DEFAULT
    given: dict[str, str] = {}
    for part in raw_query.split(b"&"):
        raw_key, _, raw_value = part.partition(b"=")
        key = _KEYS.get(unquote_to_bytes(raw_key).decode("ascii", "replace").strip().lower())
        if key is None or (not raw_value and key != "cursor"):
            continue
        value = _decode(key, raw_value)
        if given.setdefault(key, value) != value:
            raise _refusal(key, f"Give {key} once.")
    return _query(dict(given))


def parse_search(body: dict[str, Any]) -> ListQuery:
    """Read a SearchRequest (RFC 7644 §3.4.3), where the attribute lists are JSON arrays."""
    by_key = {key.lower(): value for key, value in body.items()}
    schemas = by_key.get("schemas")
    if not isinstance(schemas, list) or not any(
        isinstance(urn, str) and urn.lower() == SEARCH_REQUEST_URN.lower() for urn in schemas
    ):
        raise ScimError.invalid_syntax(f"Name {SEARCH_REQUEST_URN} in schemas.")
    given: dict[str, Any] = {}
    for key, value in by_key.items():
        name = _KEYS.get(key)
        if name is not None and value is not None:
            given[name] = _search_value(name, value)
    return _query(given)


def _search_value(name: str, value: Any) -> Any:
    match name, value:
        case (("attributes" | "excludedAttributes"), list()):
            if not all(isinstance(item, str) for item in value):
                raise ScimError.invalid_value(f"List the names in {name} as strings.")
            return value
        case (("startIndex" | "count"), (int() | str())) if not isinstance(value, bool):
            return str(value)
        case (("startIndex" | "count"), _):
            raise ScimError.invalid_value(f"Send {name} as an integer.")
        case _, str():
            return value
        case _:
            raise _refusal(name, f"Send {name} as a string.")


def _query(given: dict[str, Any]) -> ListQuery:
    query = ListQuery(
        filter=_blank_to_none(given.get("filter")),
        attributes=given.get("attributes") or None,
        excluded_attributes=given.get("excludedAttributes") or None,
        sort_by=_blank_to_none(given.get("sortBy")),
        sort_order=_blank_to_none(given.get("sortOrder")),
        cursor=given.get("cursor"),
    )
    start_index = _integer("startIndex", given.get("startIndex"))
    count = _integer("count", given.get("count"))
    # RFC 7644 §3.4.2.4: below one means one, below zero means zero.
    return replace(
        query,
        start_index=1 if start_index is None else max(1, start_index),
        count=None if count is None else max(0, count),
    )


def _blank_to_none(text: str | None) -> str | None:
    return text if text and not text.isspace() else None


def _integer(key: str, text: str | None) -> int | None:
    if text is None or not (text := text.strip()):
        return None
    if not _INTEGER.fullmatch(text):
        raise ScimError.invalid_value(f"Send {key} as an integer.")
    # Measured first: Python refuses to convert thousands of digits.
    if len(text.lstrip("+-").lstrip("0")) > 18:
        return -LARGEST_NUMBER if text.startswith("-") else LARGEST_NUMBER
    return int(text)


def _decode(key: str, raw: bytes) -> str:
    if b"%" in raw or b"+" in raw:
        if _BROKEN_ESCAPE.search(raw):
            raise _refusal(key, f"Percent-encode {key}: every % needs two hexadecimal digits.")
        raw = unquote_to_bytes(raw.replace(b"+", b" "))
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise _refusal(key, f"Encode {key} as UTF-8.") from None
    if "\0" in text:
        raise _refusal(key, f"Remove the character U+0000 from {key}.")
    return text


def _refusal(key: str, detail: str) -> ScimError:
    if key == "filter":
        return ScimError.invalid_filter(detail)
    if key == "cursor":
        return ScimError.invalid_cursor(detail)
    return ScimError.invalid_value(detail)
