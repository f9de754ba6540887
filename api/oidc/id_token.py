"""The ID token (OpenID Connect Core 1.0 §3.1.3.7): whether this provider vouches, to us, now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from api.oidc.problems import Problem, SignInFailed
from scim_facade.oauth.signed_tokens import (
    ALGORITHMS,
    NoSignedToken,
    WrongSignature,
    read_signed_token,
)

if TYPE_CHECKING:
    from api.oidc.metadata import Metadata
    from scim_facade.oauth.signing_keys import SigningKeys

LEEWAY_S = 60
# What a claim of the wrong type makes of the libraries' checks.
_UNSOUND = (JoseError, ValueError, TypeError, AttributeError, KeyError)


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token must be about: our client, and the attempt it answers."""

    client_id: str
    nonce: str = field(repr=False)
    access_token: str | None = field(default=None, repr=False)


async def verified_claims(
    text: str, metadata: Metadata, keys: SigningKeys, expected: Expected, now: float
) -> dict[str, Any]:
    """The claims of a token that its provider signed for this attempt. Raises SignInFailed."""
    try:
        token = read_signed_token(text)
    except NoSignedToken as error:
        raise _invalid("is no signed JWT") from error
    algorithm, kid = token.algorithm, token.header.get("kid")
    if algorithm is None:
        raise _invalid(f"must be signed with one of {', '.join(ALGORITHMS)}")
    if kid is not None and not isinstance(kid, str):
        raise _invalid("names its key wrongly")
    # Looked at first: keys are fetched only for what could be good.
    _check_claims(token.claims, algorithm, metadata, expected, now)
    key = await keys.find_at(metadata.jwks_uri, algorithm, kid)
    if key is None:
        raise _invalid("is signed with a key that is not in the provider's key set")
    try:
        token.check_signature(key)
    except WrongSignature as error:
        raise _invalid("has a wrong signature") from error
    return token.claims


def _check_claims(
    claims: dict[str, Any], algorithm: str, metadata: Metadata, expected: Expected, now: float
) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise _invalid("has no subject (sub)")
    # authlib knows the hash of at_hash for the old name alone (RFC 9864).
    header = {"alg": "EdDSA" if algorithm == "Ed25519" else algorithm}
    checked = CodeIDToken(
        claims,
        header,
        options={
            "iss": {"essential": True, "value": metadata.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        },
        params={
            "client_id": expected.client_id,
            "nonce": expected.nonce,
            "access_token": expected.access_token,
        },
    )
    try:
        checked.validate(now=int(now), leeway=LEEWAY_S)
    except _UNSOUND as error:
        claim = getattr(error, "claim", None) or "claim"
        raise _invalid(f"is refused for its {claim} ({type(error).__name__})") from error


def _invalid(why: str) -> SignInFailed:
    return SignInFailed(Problem.INVALID_TOKEN, f"the ID token {why}")
