"""JWTs that other issuers sign with a key pair: taken apart, and their signature checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError

if TYPE_CHECKING:
    from scim_facade.oauth.signing_keys import Key

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
LONGEST = 16_384
# joserfc expects a header of the right types, and here anybody may have written it.
_MALFORMED = (JoseError, ValueError, TypeError, AttributeError, KeyError)


class NoSignedToken(Exception):
    """The text is no signed JWT."""


class WrongSignature(Exception):
    """The key did not sign the token."""


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token as it came: nothing in it is true before its signature is checked."""

    text: bytes
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def algorithm(self) -> str | None:
        """One of those above, or None: `none` and those with a shared secret are not among them."""
        named = self.header.get("alg")
        return named if named in ALGORITHMS else None

    def check_signature(self, key: Key) -> None:
        """Raise WrongSignature unless the key signed it."""
        try:
            jws.deserialize_compact(self.text, key, registry=_REGISTRY)
        except _MALFORMED as error:
            raise WrongSignature from error


def read_signed_token(text: str) -> SignedToken:
    """The parts of a token of at most 16,384 characters. Raises NoSignedToken."""
    try:
        encoded = text[: LONGEST + 1].encode("ascii")
        if len(encoded) > LONGEST:
            raise NoSignedToken
        unverified = jws.extract_compact(encoded, registry=_REGISTRY)
        claims = orjson.loads(unverified.payload)
        header = unverified.headers()
    except _MALFORMED as error:
        raise NoSignedToken from error
    if not isinstance(claims, dict) or not isinstance(header, dict):
        raise NoSignedToken
    return SignedToken(encoded, header, claims)


class _Registry(jws.JWSRegistry):
    """The algorithms above."""

    max_header_length = 4096

    def get_alg(self, name: str) -> Any:
        """The algorithm; joserfc would warn of the old name EdDSA at every use (RFC 9864)."""
        return self.algorithms[name] if name == "EdDSA" else super().get_alg(name)


# Entra's headers have x5t and the like, which mean nothing here; crit is still refused.
_REGISTRY = _Registry(algorithms=list(ALGORITHMS), strict_check_header=False)
