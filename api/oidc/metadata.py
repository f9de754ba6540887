"""What a provider says of itself (OpenID Connect Discovery 1.0), remembered for a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from authlib.oidc.discovery import get_well_known_url

from api.careful_fetch import NotFetched, fetch_json
from api.oidc.problems import Problem, SignInFailed
from domain.errors import Invalid
from domain.model.web_address import check_asked_address, is_loopback

FRESH_S = 3600.0
STALE_S = 86_400.0
"""So long what was said goes on being believed while the provider does not answer."""
MAX_ISSUERS = 1000
_AUTH_METHODS = ("client_secret_post", "client_secret_basic")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where a provider answers, and how; its answers name it where `names_issuer` (RFC 9207)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    auth_method: str
    names_issuer: bool


@dataclass(slots=True)
class Discovery:
    """Finds metadata; `fetch` and `clock` are what tests look at."""

    fetch: Callable[[str], Awaitable[Mapping[str, Any]]] = fetch_json
    clock: Callable[[], float] = monotonic
    _known: dict[str, tuple[float, Metadata]] = field(default_factory=dict)

    async def find(self, issuer: str) -> Metadata:
        """The metadata of an issuer. Raises SignInFailed."""
        now = self.clock()
        known = self._known.get(issuer)
        if known is not None and now - known[0] < FRESH_S:
            return known[1]
        try:
            found = read_metadata(
                issuer, await self.fetch(get_well_known_url(issuer, external=True))
            )
        except NotFetched as error:
            if known is not None and now - known[0] < STALE_S:
                return known[1]
            reason = f"discovery: {error}"
            raise SignInFailed(Problem.PROVIDER_UNREACHABLE, reason) from error
        if issuer not in self._known and len(self._known) >= MAX_ISSUERS:
            self._known.clear()
        self._known[issuer] = (self.clock(), found)
        return found


def read_metadata(issuer: str, found: Mapping[str, Any]) -> Metadata:
    """What counts here of what a provider says. Raises SignInFailed for what cannot be used."""
    if found.get("issuer") != issuer:
        # Of another issuer its keys would vouch for whomever it likes.
        raise SignInFailed(
            Problem.PROVIDER_UNREACHABLE, "discovery: it names another issuer than was entered"
        )
    has_userinfo = found.get("userinfo_endpoint") is not None
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    auth_method = next((each for each in _AUTH_METHODS if each in methods), None)
    if auth_method is None:
        raise SignInFailed(
            Problem.PROVIDER_UNREACHABLE, f"discovery: it takes none of {', '.join(_AUTH_METHODS)}"
        )
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_address(issuer, found, "authorization_endpoint"),
        token_endpoint=_address(issuer, found, "token_endpoint"),
        jwks_uri=_address(issuer, found, "jwks_uri"),
        userinfo_endpoint=_address(issuer, found, "userinfo_endpoint") if has_userinfo else None,
        auth_method=auth_method,
        names_issuer=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(issuer: str, found: Mapping[str, Any], name: str) -> str:
    """An address that the provider names: one that may be asked, as its own may."""
    address = found.get(name)
    if not isinstance(address, str):
        raise SignInFailed(Problem.PROVIDER_UNREACHABLE, f"discovery: it names no {name}")
    # Only who is at the machine could enter an issuer that is the machine itself.
    local = is_loopback(urlsplit(issuer).hostname or "")
    try:
        check_asked_address(name, address, loopback_allowed=local)
    except Invalid as error:
        reason = f"discovery: {error.message}"
        raise SignInFailed(Problem.PROVIDER_UNREACHABLE, reason) from error
    return address
