"""The values of changes as the history keeps them: texts, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from domain.store.statement import instant_text

PROFILE = "profile."
# What JSON can begin with.
_BEGINS_JSON = frozenset('"[{-0123456789tfn \t\r\n')


def text_of(attribute: str, value: Any) -> str | None:
    """A change's value as a string, as JSON text where it is none; None for absent.

    A profile attribute may be of any type. So that `profile_value` can tell, a string that could be
    taken for JSON, such as `true` or `12`, is kept as JSON text as well.
    """
    if value is None:
        return None
    if isinstance(value, str):
        if value[:1] in _BEGINS_JSON and attribute.startswith(PROFILE) and _is_json(value):
            return orjson.dumps(value).decode()
        return str(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, UUID):
        return str(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def profile_value(text: str) -> Any:
    """The value of a profile attribute from its text."""
    if text[:1] not in _BEGINS_JSON:
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
