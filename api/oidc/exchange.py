"""What the server asks of a provider for one sign-in: tokens for the code, then the address."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from api.careful_fetch import NotFetched, fetch_json
from api.oidc.problems import Problem, SignInFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.oidc.metadata import Metadata


@dataclass(frozen=True, slots=True)
class Client:
    """Who this server is to a provider."""

    id: str
    secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave for a code; nothing in it is checked."""

    id_token: str = field(repr=False)
    access_token: str | None = field(repr=False)


async def redeem_code(metadata: Metadata, client: Client, code: str, verifier: str) -> Tokens:
    """The tokens for a code (RFC 6749 §4.1.3, RFC 7636 §4.5). Raises SignInFailed."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": verifier,
    }
    headers = {}
    if metadata.auth_method == "client_secret_post":
        form |= {"client_id": client.id, "client_secret": client.secret}
    else:
        headers["authorization"] = _basic(client)
    try:
        found = await fetch_json(metadata.token_endpoint, form=form, headers=headers)
    except NotFetched as error:
        raise _failed("token endpoint", error) from error
    id_token, access_token = found.get("id_token"), found.get("access_token")
    if not isinstance(id_token, str):
        raise SignInFailed(Problem.PROVIDER_REFUSED, "token endpoint: it gave no ID token")
    return Tokens(id_token, access_token if isinstance(access_token, str) else None)


async def vouched_address(
    claims: Mapping[str, Any], metadata: Metadata, tokens: Tokens, *, trust_email: bool
) -> str:
    """The address that the provider vouches for. Raises SignInFailed.

    Where the ID token does not say it all, as with Okta, the provider is asked for the rest
    (OpenID Connect Core 1.0 §5.3).
    """
    said = claims
    if not _says_all(said, trust_email=trust_email):
        told = await _user_info(claims, metadata, tokens)
        said = told if told is not None and "email" in told else claims
    email = said.get("email")
    if not isinstance(email, str) or not email.strip():
        raise SignInFailed(Problem.EMAIL_MISSING)
    if not trust_email and not _is_verified(said):
        # Absent counts as unverified: some providers let people enter any address.
        raise SignInFailed(Problem.EMAIL_UNVERIFIED)
    return email.strip()


def _says_all(claims: Mapping[str, Any], *, trust_email: bool) -> bool:
    return "email" in claims and (trust_email or "email_verified" in claims)


def _is_verified(claims: Mapping[str, Any]) -> bool:
    # Some send a word where the standard has a truth value.
    return claims.get("email_verified") is True or claims.get("email_verified") == "true"


async def _user_info(
    claims: Mapping[str, Any], metadata: Metadata, tokens: Tokens
) -> Mapping[str, Any] | None:
    if metadata.userinfo_endpoint is None or tokens.access_token is None:
        return None
    headers = {"authorization": f"Bearer {tokens.access_token}"}
    try:
        found = await fetch_json(metadata.userinfo_endpoint, headers=headers)
    except NotFetched as error:
        raise _failed("userinfo endpoint", error) from error
    if found.get("sub") != claims["sub"]:
        # §5.3.2: else it is about somebody else.
        raise SignInFailed(Problem.INVALID_TOKEN, "the userinfo endpoint speaks of another subject")
    return found


def _basic(client: Client) -> str:
    # RFC 6749 §2.3.1: each half is form-encoded first.
    pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _failed(where: str, error: NotFetched) -> SignInFailed:
    problem = Problem.PROVIDER_REFUSED if error.answered else Problem.PROVIDER_UNREACHABLE
    return SignInFailed(problem, f"{where}: {error}")
