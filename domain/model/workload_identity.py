"""A workload identity: whose signed assertions a client is believed by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.errors import Invalid
from domain.model.web_address import MAX_LENGTH, check_asked_address

MAX_TEXT = MAX_LENGTH
MAX_KEYS = 20
MAX_KEY_PART = 2048
# By the type of key, what makes it up (RFC 7518 §6, RFC 8037 §2).
_PUBLIC = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}}
_ABOUT = frozenset({"kty", "kid", "use", "alg"})
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True, slots=True)
class WorkloadIdentity:
    """Assertions of this issuer about this subject, signed by a key of its key set (JWKS).

    The key set is at an address or given; `audience` None means this deployment's own addresses.
    """

    issuer: str
    subject: str
    audience: str | None = None
    jwks_url: str | None = None
    jwks: Mapping[str, Any] | None = None

    def checked(self, *, loopback_allowed: bool) -> WorkloadIdentity:
        """The same, its keys without what does not make them up.

        Raises Invalid for what could never work, or should not: only who operates the machine may
        name an address of the machine itself.
        """
        for name in ("issuer", "subject", "audience"):
            _check_text(name, getattr(self, name))
        if (self.jwks_url is None) is (self.jwks is None):
            raise Invalid("jwksUrl", "or jwks must be given, and not both")
        if self.jwks_url is not None:
            check_asked_address("jwksUrl", self.jwks_url, loopback_allowed=loopback_allowed)
        return self if self.jwks is None else replace(self, jwks=_key_set(self.jwks))


def _check_text(name: str, value: str | None) -> None:
    if value is None:
        return
    if not value.strip() or len(value) > MAX_TEXT or not value.isprintable():
        raise Invalid(name, f"must have 1 to {MAX_TEXT} printable characters")


def _key_set(jwks: Mapping[str, Any]) -> dict[str, Any]:
    keys = jwks.get("keys")
    if not isinstance(keys, list) or not 0 < len(keys) <= MAX_KEYS:
        why = f'must be a JSON object with a member "keys", which is a list of 1 to {MAX_KEYS} keys'
        raise Invalid("jwks", why)
    return {"keys": [_public_key(key) for key in keys]}


def _public_key(key: Any) -> dict[str, str]:
    parts = _PUBLIC.get(str(key.get("kty"))) if isinstance(key, Mapping) else None
    if parts is None:
        raise Invalid("jwks", "must hold keys of the types RSA, EC and OKP alone")
    if _PRIVATE & key.keys():
        raise Invalid("jwks", "must not hold private keys; make a new pair and give the public")
    kept = {name: value for name, value in key.items() if name in parts or name in _ABOUT}
    if parts - kept.keys() or not all(_is_word(value) for value in kept.values()):
        raise Invalid("jwks", "holds a key that is not complete")
    return kept


def _is_word(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= MAX_KEY_PART
