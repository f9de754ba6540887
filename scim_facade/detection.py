"""Which identity provider probably sent a request; informs people, never changes what is done."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from domain.vocabulary import IdentityProvider

if TYPE_CHECKING:
    from scim_facade.exchange import Exchange

_USER_AGENTS = (
    ("okta", IdentityProvider.OKTA),
    ("azure ad", IdentityProvider.ENTRA_ID),
    ("microsoft", IdentityProvider.ENTRA_ID),
    ("google-auto", IdentityProvider.GOOGLE),
    ("onelogin", IdentityProvider.ONELOGIN),
    ("jumpcloud", IdentityProvider.JUMPCLOUD),
    ("rippling", IdentityProvider.RIPPLING),
    ("authentik", IdentityProvider.AUTHENTIK),
    ("keycloak", IdentityProvider.KEYCLOAK),
    ("pingone", IdentityProvider.PING),
    ("pingfed", IdentityProvider.PING),
    ("pingidentity", IdentityProvider.PING),
    ("ping identity", IdentityProvider.PING),
)
_ENTRA_FLAGS = (b"aadoptscim062020", b"azureadscimpatch2017")
_ENTRA_GROUP = b"schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
# URNs that are not IETF's; OneLogin's templates have them.
_OLD_URNS = b'"urn:scim:schemas:'
# Keycloak's plugins refer to members by addresses without a beginning.
_RELATIVE_REFS = (b'"$ref":"Users/', b'"$ref": "Users/')


def detect_provider(exchange: Exchange) -> IdentityProvider | None:
    """Who probably called: by header, by User-Agent, by peculiarities, else whom was chosen."""
    if b"adscimversion" in exchange.headers:
        return IdentityProvider.ENTRA_ID
    agent = exchange.headers.get(b"user-agent")
    if agent:
        named = _by_user_agent(agent)
        if named is not None:
            return named
    peculiar = _by_peculiarities(exchange, silent=not agent)
    if peculiar is not None:
        return peculiar
    return exchange.connection.provider if exchange.has_connection else None


@lru_cache(maxsize=1024)
def _by_user_agent(agent: bytes) -> IdentityProvider | None:
    lower = agent.decode("latin-1").lower()
    return next((provider for part, provider in _USER_AGENTS if part in lower), None)


def _by_peculiarities(exchange: Exchange, *, silent: bool) -> IdentityProvider | None:
    """Who writes such a query or body; `silent` clients send no User-Agent."""
    query, body = exchange.query_string, exchange.body
    if query:
        lower = query.lower()
        if any(flag in lower for flag in _ENTRA_FLAGS):
            return IdentityProvider.ENTRA_ID
        if silent and lower.startswith(b"filter=") and lower.endswith(b"&"):
            return IdentityProvider.ONELOGIN
    if body:
        if silent and _OLD_URNS in body:
            return IdentityProvider.ONELOGIN
        if _ENTRA_GROUP in body:
            return IdentityProvider.ENTRA_ID
        if any(reference in body for reference in _RELATIVE_REFS):
            return IdentityProvider.KEYCLOAK
    return None
