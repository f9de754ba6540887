"""The keys by which issuers sign: given, or fetched from an address and remembered for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

if TYPE_CHECKING:
    from domain.commands import WorkloadIdentity

FRESH_S = 3600.0
STALE_S = 86_400.0
"""So long keys go on being believed while their address does not answer."""
AGAIN_AFTER_S = 60.0
"""An unknown key, or an address that fails, makes us ask again no more often."""
MAX_ADDRESSES = 1000
MAX_KEYS = 100
SHORTEST_MODULUS = 342
"""2,048 bits in base64."""

log = logging.getLogger("rollcall.oauth")

Key = RSAKey | ECKey | OKPKey
_KINDS: dict[str, type[Key]] = {
    "RS256": RSAKey,
    "PS256": RSAKey,
    "ES256": ECKey,
    "EdDSA": OKPKey,
    "Ed25519": OKPKey,
}


class KeySetAway(Exception):
    """An address gave no key set; the text says why, for the server's log."""


@dataclass(slots=True)
class _Address:
    """What an address said: its keys, when, and when it was last asked."""

    keys: Sequence[Key] = ()
    known_at: float | None = None
    asked_at: float | None = None
    asking: asyncio.Task[None] | None = None

    def age(self, now: float) -> float:
        """Seconds since its keys came."""
        return float("inf") if self.known_at is None else now - self.known_at

    def may_be_asked(self, now: float) -> bool:
        """Whether it was left in peace for long enough."""
        return self.asked_at is None or now - self.asked_at >= AGAIN_AFTER_S


@dataclass(slots=True)
class SigningKeys:
    """Finds keys. `fetch` asks an address for its key set, or raises KeySetAway."""

    fetch: Callable[[str], Awaitable[Mapping[str, Any]]]
    clock: Callable[[], float] = monotonic
    _addresses: dict[str, _Address] = field(default_factory=dict)

    async def find(self, identity: WorkloadIdentity, algorithm: str, kid: str | None) -> Key | None:
        """The key of the identity's issuer with that id; without an id, the only one that fits."""
        if identity.jwks_url is None:
            return _choose(read_keys(identity.jwks or {}), algorithm, kid)
        return await self.find_at(identity.jwks_url, algorithm, kid)

    async def find_at(self, url: str, algorithm: str, kid: str | None) -> Key | None:
        """The key with that id in the key set at an address; without an id, the only that fits."""
        address = self._addresses.get(url)
        if address is None:
            if len(self._addresses) >= MAX_ADDRESSES:
                self._addresses.clear()
            address = self._addresses[url] = _Address()
        now = self.clock()
        found = _choose(address.keys, algorithm, kid) if address.age(now) < FRESH_S else None
        if found is None:
            if address.asking is not None or address.may_be_asked(now):
                await self._ask(url, address)
            if address.age(self.clock()) < STALE_S:
                found = _choose(address.keys, algorithm, kid)
        return found

    async def _ask(self, url: str, address: _Address) -> None:
        """Ask once for all who wait; who goes away does not end it for the others."""
        if address.asking is None:
            address.asking = asyncio.create_task(self._refresh(url, address))
        await asyncio.shield(address.asking)

    async def _refresh(self, url: str, address: _Address) -> None:
        address.asked_at = self.clock()
        try:
            keys = read_keys(await self.fetch(url))
            if keys:
                address.keys, address.known_at = keys, self.clock()
            else:
                log.warning("key set %s: it holds no key that can be used", url)
        except KeySetAway as error:
            log.warning("key set %s: %s", url, error)
        finally:
            address.asking = None


def read_keys(jwks: Mapping[str, Any]) -> list[Key]:
    """The keys of a key set that can prove a signature; all others are passed over."""
    listed = jwks.get("keys")
    found: list[Key] = []
    for each in listed[:MAX_KEYS] if isinstance(listed, list) else ():
        if not isinstance(each, dict) or each.get("use") == "enc" or not _is_strong(each):
            continue
        try:
            key = JWKRegistry.import_key(each)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey):
            found.append(key)
    return found


def _is_strong(key: dict[str, Any]) -> bool:
    return key.get("kty") != "RSA" or len(str(key.get("n"))) >= SHORTEST_MODULUS


def _choose(keys: Sequence[Key], algorithm: str, kid: str | None) -> Key | None:
    fitting = [
        key
        for key in keys
        if isinstance(key, _KINDS[algorithm]) and key.get("alg") in {None, algorithm}
    ]
    if kid is not None:
        return next((key for key in fitting if key.kid == kid), None)
    return fitting[0] if len(fitting) == 1 else None
