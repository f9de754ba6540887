"""An issuer of assertions on this machine: it signs them, and serves its key set over HTTP.

with running_issuer() as issuer:
    assertion = issuer.sign({"sub": "workload", "aud": "https://rollcall.example"})
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext
from typing import Any

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.support.http_server import Handler, serving

Key = RSAKey | ECKey | OKPKey
_ALGORITHMS = ["RS256", "RS384", "PS256", "ES256", "ES384", "EdDSA", "Ed25519", "HS256"]


def rsa_key(kid: str | None = "one", bits: int = 2048) -> RSAKey:
    """A new pair of keys."""
    return RSAKey.generate_key(bits, {"kid": kid} if kid else None)


@cache
def _first_key() -> RSAKey:
    """Of every issuer, since a pair takes a while to make."""
    return rsa_key()


@dataclass(slots=True)
class Issuer:
    """Signs with the first of its keys; all of them are in its key set.

    `answer` replaces what the key set's address answers: status, headers, body. `traceparent` is
    that of the last request.
    """

    url: str
    keys: list[Key] = field(default_factory=lambda: [_first_key()])
    asked: int = 0
    traceparent: str | None = None
    answer: tuple[int, dict[str, str], bytes] | None = None

    @property
    def jwks_url(self) -> str:
        """Where the key set is."""
        return f"{self.url}/keys"

    def jwks(self) -> dict[str, Any]:
        """The public keys."""
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def sign(
        self,
        claims: dict[str, Any],
        *,
        key: Key | None = None,
        algorithm: str = "RS256",
        **header: Any,
    ) -> str:
        """An assertion with five minutes to live; a claim or header of None is left out."""
        key = key or self.keys[0]
        now = int(time.time())
        every = {"iss": self.url, "iat": now, "nbf": now, "exp": now + 300} | claims
        kept = {name: value for name, value in every.items() if value is not None}
        headers = {"alg": algorithm, "typ": "JWT", "kid": key.kid} | header
        protected = {name: value for name, value in headers.items() if value is not None}
        registry = jws.JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        with warnings.catch_warnings():
            # Issuers still say EdDSA, of which joserfc warns.
            warnings.simplefilter("ignore", SecurityWarning)
            return jws.serialize_compact(protected, json.dumps(kept), key, registry=registry)


@contextmanager
def running_issuer(tls: SSLContext | None = None) -> Iterator[Issuer]:
    """An issuer that answers until the end, with `tls` over https as `localhost`."""

    class Issuing(Handler):
        def get(self) -> None:
            issuer.asked += 1
            issuer.traceparent = self.headers.get("traceparent")
            if issuer.answer is None:
                self.answer(200, json.dumps(issuer.jwks()).encode())
            else:
                status, headers, content = issuer.answer
                self.answer(status, content, headers)

    with serving(Issuing, tls) as url:
        issuer = Issuer(url)
        yield issuer
