"""Key pairs of people, as these have them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from joserfc.jwk import ECKey

from domain.keys.account_keys import lock, new_key_pair, public_jwk

PASSPHRASE = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Keys:
    """A key pair as its owner has it."""

    pair: ECKey
    locked: str

    @property
    def public(self) -> dict[str, Any]:
        """The public JWK."""
        return public_jwk(self.pair)

    @property
    def kid(self) -> str:
        """The thumbprint."""
        return str(self.pair.kid)


@cache
def keys(number: int = 0) -> Keys:
    """One of some key pairs, made once: to lock one takes a tenth of a second."""
    del number
    pair = new_key_pair()
    return Keys(pair, lock(pair, PASSPHRASE))
