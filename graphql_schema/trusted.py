"""Trusted documents: those of the console, run by their hash alone.

There is one way in, the file that the console's build makes. Nothing a caller sends is ever kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from graphql_schema.errors import BAD_REQUEST, FORBIDDEN, ApiError

NOT_FOUND = "PersistedQueryNotFound"
"""What clients of persisted queries look for; they then send the text beside the hash."""


class BadDocumentsError(Exception):
    """A file that holds no trusted documents; the message says why."""


def hash_of(document: str) -> str:
    """SHA-256 of the text, in lower-case hexadecimal."""
    return sha256(document.encode()).hexdigest()


def read_documents(content: bytes) -> dict[str, str]:
    """The documents in a JSON object of hash → text. Raises BadDocumentsError."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise BadDocumentsError("it is not JSON") from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise BadDocumentsError("it must be an object of hashes and texts")
    for hash_, text in found.items():
        if hash_of(text) != hash_:
            raise BadDocumentsError(f"{hash_[:64]} is not the SHA-256 of its document")
    return found


def text_of(query: Any, extensions: Mapping[str, Any], documents: Mapping[str, str]) -> Any:
    """The document that a request names, by its text, its hash, or both. Raises ApiError."""
    named = extensions.get("persistedQuery")
    if named is None:
        return query
    if not isinstance(named, dict) or named.get("version") != 1:
        raise ApiError(BAD_REQUEST, "`persistedQuery` must be an object of version 1.")
    hash_ = named.get("sha256Hash")
    if not isinstance(hash_, str):
        raise ApiError(BAD_REQUEST, "`persistedQuery.sha256Hash` must be a string.")
    if query is None:
        if hash_ not in documents:
            raise ApiError(BAD_REQUEST, NOT_FOUND)
        return documents[hash_]
    if not isinstance(query, str) or hash_of(query) != hash_:
        raise ApiError(BAD_REQUEST, "`persistedQuery.sha256Hash` is not the hash of `query`.")
    return query


def expect_trusted(query: str, documents: Mapping[str, str]) -> None:
    """Raise ApiError unless the text is that of a trusted document."""
    if hash_of(query) not in documents:
        raise ApiError(FORBIDDEN, "With a session only the console's own documents can be run.")
