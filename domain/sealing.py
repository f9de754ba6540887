"""Sealed texts: secrets that must be read again, encrypted under a key of the deployment.

A compact JWE (RFC 7516), `dir` with A256GCM. What a text is for is part of what is authenticated:
sealed for one thing, it does not open for another.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import OctKey
from joserfc.registry import HeaderParameter

KEY_BYTES = 32
_ALGORITHM, _ENCRYPTION = "dir", "A256GCM"
_REGISTRY = JWERegistry(
    header_registry={"aud": HeaderParameter("What the text is for (RFC 7519 §5.3)", "str")},
    algorithms=[_ALGORITHM, _ENCRYPTION],
)


class CannotOpen(Exception):
    """The text was sealed by another key or for something else, or was altered."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """Seals and opens with one key of 32 bytes."""

    key: bytes = field(repr=False)

    def seal(self, text: str, purpose: str) -> str:
        """The text, readable again with the same key and purpose alone."""
        header = {"alg": _ALGORITHM, "enc": _ENCRYPTION, "aud": purpose}
        return jwe.encrypt_compact(
            header, text.encode(), OctKey.import_key(self.key), registry=_REGISTRY
        )

    def open(self, sealed: str, purpose: str) -> str:
        """The text that was sealed. Raises CannotOpen."""
        try:
            found = jwe.decrypt_compact(sealed, OctKey.import_key(self.key), registry=_REGISTRY)
            text = (found.plaintext or b"").decode()
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise CannotOpen from error
        if found.headers().get("aud") != purpose:
            raise CannotOpen
        return text
