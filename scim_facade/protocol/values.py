"""Reads the JSON value of one attribute into its canonical form, as its schema demands.

None stands for unassigned throughout: null, a blank string, an empty list or an object without
parts are the same state (RFC 7643 §2.5, blank strings by custom of the providers). Strings are
kept as sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .dialect import Deviation, Warnings
from .elements import Element, settle
from .errors import ScimError
from .schema_model import Attribute

_Read = Callable[[Any, Warnings, str], Any]

TRUE_WORDS = frozenset({"true", "1"})
FALSE_WORDS = frozenset({"false", "0"})
# Of either alphabet, in lines or not.
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\r\n]+={0,2}[\r\n]*")


def read_value(attribute: Attribute, raw: Any, warnings: Warnings, place: str = "") -> Any:
    """The canonical value or None; ScimError 400 invalidValue that names the attribute."""
    place = place or attribute.name
    if attribute.multi_valued:
        return settle(attribute, read_elements(attribute, raw, warnings, place), warnings) or None
    return _read_single(attribute, raw, warnings, place)


def read_elements(attribute: Attribute, raw: Any, warnings: Warnings, place: str) -> list[Any]:
    """The values of a multi-valued attribute, each read, none of them empty."""
    if raw is None:
        return []
    if type(raw) is not list:
        if type(raw) is str and not raw.strip():
            warnings.add(Deviation.BLANK_CLEARED, attribute=place)
            return []
        warnings.add(Deviation.OBJECT_FOR_LIST, attribute=place)
        raw = [raw]
    if not attribute.is_complex:
        return [
            v for item in raw if (v := _read_single(attribute, item, warnings, place)) is not None
        ]
    return [e for item in raw if (e := read_element(attribute, item, warnings, place)) is not None]


def read_element(attribute: Attribute, raw: Any, warnings: Warnings, place: str) -> Element | None:
    """One value of a multi-valued complex attribute; None if it says nothing."""
    if type(raw) is str and "value" in attribute.index:
        deviation = Deviation.STRING_FOR_ELEMENT
        if raw.lstrip().startswith("{"):
            deviation = Deviation.JSON_STRING_ELEMENT
        warnings.add(deviation, attribute=place)
        raw = {"value": raw}
    if raw is None:
        return None
    if type(raw) is not dict:
        raise _wrong_type(place, "an object")
    element = read_parts(attribute, raw, warnings, place)
    return {key: value for key, value in element.items() if value is not None} or None


def read_parts(
    attribute: Attribute, raw: dict[str, Any], warnings: Warnings, place: str
) -> dict[str, Any]:
    """The sub-attributes that were sent, None for those sent unassigned."""
    parts: dict[str, Any] = {}
    index = attribute.index
    for key, value in raw.items():
        sub = index.get(key) or index.get(key.lower())
        if sub is None:
            if key.lower() == "managerid" and "value" in index:
                # SCIM 1.1 named it so; OneLogin's templates still do.
                warnings.add(Deviation.MANAGER_ID)
                sub = index["value"]
            else:
                warnings.add(Deviation.UNKNOWN_ATTRIBUTE, attribute=f"{place}.{key}")
                continue
        if sub.mutability == "readOnly":
            warnings.add(Deviation.READ_ONLY_IGNORED, attribute=f"{place}.{sub.name}")
        elif sub.type == "string" and type(value) is str and value and not value.isspace():
            parts[sub.name] = value
        else:
            parts[sub.name] = _read_single(sub, value, warnings, f"{place}.{sub.name}")
    return parts


def read_object(attribute: Attribute, raw: Any, warnings: Warnings, place: str) -> dict[str, Any]:
    """The sub-attributes of a single complex value in any of its spellings; {} if unassigned."""
    match raw:
        case None:
            return {}
        case list():
            if not raw:
                return {}
            if len(raw) > 1:
                raise _wrong_type(place, "one object")
            warnings.add(Deviation.LIST_FOR_OBJECT, attribute=place)
            return read_object(attribute, raw[0], warnings, place)
        case str() if not raw.strip():
            warnings.add(Deviation.BLANK_CLEARED, attribute=place)
            return {}
        case str() if "value" in attribute.index:
            warnings.add(Deviation.STRING_FOR_OBJECT, attribute=place)
            return {"value": raw}
        case dict():
            return read_parts(attribute, raw, warnings, place)
        case _:
            raise _wrong_type(place, "an object")


def _read_single(attribute: Attribute, raw: Any, warnings: Warnings, place: str) -> Any:
    if attribute.is_complex:
        parts = read_object(attribute, raw, warnings, place)
        return {key: value for key, value in parts.items() if value is not None} or None
    if raw is None or raw == []:
        return None
    read: _Read = _READERS.get(attribute.type, _read_text)
    return read(raw, warnings, place)


def _read_text(raw: Any, warnings: Warnings, place: str) -> str | None:
    if type(raw) is not str:
        raise _wrong_type(place, "a string")
    if not raw or raw.isspace():
        warnings.add(Deviation.BLANK_CLEARED, attribute=place)
        return None
    return raw


def _read_boolean(raw: Any, warnings: Warnings, place: str) -> bool | None:
    if type(raw) is bool:
        return raw
    if type(raw) is list and len(raw) == 1:
        warnings.add(Deviation.ARRAY_BOOLEAN, attribute=place)
        return _read_boolean(raw[0], warnings, place)
    if type(raw) is str:
        word = raw.strip().lower()
        if not word:
            warnings.add(Deviation.BLANK_CLEARED, attribute=place)
            return None
        if word in TRUE_WORDS or word in FALSE_WORDS:
            warnings.add(Deviation.STRING_BOOLEAN, attribute=place)
            return word in TRUE_WORDS
    raise _wrong_type(place, "true or false")


def _read_number(raw: Any, warnings: Warnings, place: str) -> int | float:
    del warnings
    if type(raw) is int or type(raw) is float:
        return raw
    raise _wrong_type(place, "a number")


def _read_binary(raw: Any, warnings: Warnings, place: str) -> str | None:
    """RFC 7643 §2.3.6: base64, whose padding may be left out; kept as sent."""
    text = _read_text(raw, warnings, place)
    if text is not None and not _BASE64.fullmatch(text):
        raise _wrong_type(place, "base64")
    return text


_READERS: dict[str, _Read] = {
    "binary": _read_binary,
    "boolean": _read_boolean,
    "integer": _read_number,
    "decimal": _read_number,
}


def _wrong_type(place: str, wanted: str) -> ScimError:
    return ScimError.invalid_value(f"Send {place} as {wanted}.")
