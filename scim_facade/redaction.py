"""Keeps secrets out of the request log: passwords by the names they go by, keys by their form."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_plus

import orjson

from domain.provisioning_entry import MAX_BODY
from domain.secrets import PREFIXES, REDACTED, masked

_WORDS = (
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "token",
    "secret",
    "authorization",
    "credential",
    "apikey",
    "api_key",
    "api-key",
    "privatekey",
    "private_key",
)
_SECRET = re.compile(f"(?i){'|'.join(_WORDS)}|(?:{'|'.join(PREFIXES)})[0-9a-f]{{32}}_")
# Each of the words has one of these in it: fewer look-ups for the many bodies without any.
_STEMS = (b"pass", b"pwd", b"token", b"secret", b"authori", b"credential", b"key")
_PLAIN_PATH = re.compile(r"\s*[\w.:$-]*\s*")
_NAMING = frozenset({"path", "type", "name"})
_SIGNS = (*(stem.decode() for stem in _STEMS), *PREFIXES)


def redacted(body: bytes) -> str | None:
    """A request's body as text without secrets, at most 64 KiB; None when empty."""
    if not body:
        return None
    lower = body.lower()
    # Behind escapes, percent signs and NULs anything may hide, so such a body is read, too.
    if (
        b"%" in body
        or (b"\\" in body and b"\\u" in lower)
        or b"\0" in body
        or any(map(lower.__contains__, _STEMS))
    ):
        try:
            value = orjson.loads(body)
            body = orjson.dumps(_without_secrets(value) if isinstance(value, dict) else REDACTED)
        except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
            plain = unquote_plus(body.replace(b"\0", b"").decode("latin-1"))
            if "\\u" in plain.lower() or _SECRET.search(plain) or masked(plain) != plain:
                return REDACTED
    return masked(text_of(body))


def redacted_query(query: bytes) -> str:
    """The query string as it came, but for the values of what is or compares a secret."""
    text = query.decode("latin-1")
    plain = unquote_plus(text)
    if not any(map(plain.lower().__contains__, _SIGNS)) or not _SECRET.search(plain):
        return text
    parts = text.split("&")
    return "&".join(
        f"{part.partition('=')[0]}={REDACTED}" if _SECRET.search(unquote_plus(part)) else part
        for part in parts
    )


def text_of(body: bytes) -> str:
    """A body as the log can store it, at most 64 KiB."""
    text = body[:MAX_BODY].decode("utf-8", "replace")
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        if _names_secret(value):
            return {
                key: inner if _is_naming(key, inner) else REDACTED for key, inner in value.items()
            }
        return {
            key: REDACTED if _SECRET.search(key) else _without_secrets(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if isinstance(value, str) and _SECRET.search(value) and not _is_prose(value):
        # JSON that was encoded once too often, or a filter that compares a secret.
        return REDACTED
    return value


def _is_prose(text: str) -> bool:
    """Whether a text that has a secret's name in it is one that people write."""
    return not any(mark in text for mark in '{["=:') and " eq " not in text.lower()


def _names_secret(value: dict[str, Any]) -> bool:
    """Whether the object says by a name that its value is a secret, as a PATCH operation may."""
    return any(
        key.lower() in _NAMING and isinstance(inner, str) and _SECRET.search(inner)
        for key, inner in value.items()
    )


def _is_naming(key: str, inner: Any) -> bool:
    """Whether this part of such an object may be shown: its operation, its name, no filter."""
    return key.lower() in {"op", *_NAMING} and bool(_PLAIN_PATH.fullmatch(str(inner)))
