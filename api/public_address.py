"""What `rollcall doctor` finds where people and providers call: nobody, somebody else, or this.

It sends a nonce and its MAC under the deployment's secret, and is told whether the server has the
same secret. The server never makes a MAC for a stranger, who could guess at a short secret with it.
"""

from __future__ import annotations

import secrets
import ssl
from dataclasses import dataclass
from enum import Enum, auto
from hmac import digest
from typing import TYPE_CHECKING

import httpx
import orjson

from api.deployment_secret import derived_key
from domain.secrets import is_same

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAMETER = "deployment"
ANSWER = "sameDeployment"
WITHIN_S = 5.0
_NO_SERVER_BEHIND = frozenset({502, 503, 504})


class Reached(Enum):
    """Who answers at an address."""

    THIS = auto()
    OTHER_ROLLCALL = auto()
    SOMETHING_ELSE = auto()
    NO_TRUST = auto()
    NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answered, and what was seen, in words."""

    reached: Reached
    seen: str = ""


def proof_of(secret: bytes) -> str:
    """What shows a server of this deployment that it is asked by this deployment."""
    nonce = secrets.token_hex(16)
    return f"{nonce}.{_mac(secret, nonce)}"


def is_proof(text: str, secret: bytes) -> bool:
    """Whether the text was made by `proof_of` with the same secret."""
    nonce, _, mac = text.partition(".")
    return is_same(mac.encode(), _mac(secret, nonce).encode())


async def ask(url: str, secret: bytes | None) -> Answer:
    """Who answers at a public URL, asked from this machine; follows no redirect."""
    query = {PARAMETER: proof_of(secret)} if secret is not None else {}
    try:
        async with httpx.AsyncClient(follow_redirects=False, timeout=WITHIN_S) as client:
            response = await client.get(f"{url}/alive", params=query)
    except (httpx.HTTPError, OSError) as error:
        return _no_answer(error)
    if response.status_code in _NO_SERVER_BEHIND:
        return Answer(Reached.NOBODY, f"a proxy answers {response.status_code}")
    if response.has_redirect_location:
        # No more of it than where: what follows may be anything.
        where = response.headers["location"].partition("?")[0][:100]
        return Answer(Reached.SOMETHING_ELSE, f"it leads on to {where}")
    found = _json(response)
    if response.status_code != httpx.codes.OK or found.get("status") != "alive":
        return Answer(Reached.SOMETHING_ELSE, f"it answers {response.status_code} to /alive")
    if query and found.get(ANSWER) is not True:
        return Answer(Reached.OTHER_ROLLCALL)
    return Answer(Reached.THIS)


def _no_answer(error: Exception) -> Answer:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Answer(Reached.NO_TRUST, cause.verify_message)
        if isinstance(cause, ssl.SSLError):
            return Answer(Reached.NO_TRUST, f"no TLS: {cause.reason or type(cause).__name__}")
        cause = cause.__cause__ or cause.__context__
    timed_out = isinstance(error, httpx.TimeoutException)
    return Answer(
        Reached.NOBODY, f"no answer within {WITHIN_S:g} s" if timed_out else type(error).__name__
    )


def _json(response: httpx.Response) -> Mapping[str, object]:
    try:
        found = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _mac(secret: bytes, nonce: str) -> str:
    return digest(derived_key(secret, "proof of the deployment"), nonce.encode(), "sha256").hex()
