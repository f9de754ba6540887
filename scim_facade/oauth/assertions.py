"""Client assertions: JWTs by which another issuer vouches for a workload (RFC 7521, RFC 7523).

An assertion may come again until it ends: Entra ID sends one as often as it needs a token, and
`jti` is not remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from domain.client_ids import parse_client_id
from scim_facade.oauth.signed_tokens import (
    ALGORITHMS,
    LONGEST,
    NoSignedToken,
    SignedToken,
    WrongSignature,
    read_signed_token,
)

if TYPE_CHECKING:
    from domain.commands import WorkloadIdentity
    from domain.ids import UUID
    from scim_facade.oauth.signing_keys import SigningKeys

LEEWAY_S = 60
LONGEST_S = 86_400
_TYPES = frozenset({"", "jwt", "client-authentication+jwt"})


class Refused(Exception):
    """An assertion that proves nothing; `reason` is for the organization's log alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Assertion(SignedToken):
    """An assertion as it came: nothing in it is true before `AssertionVerifier.verify`."""

    __slots__ = ()

    @property
    def client_id(self) -> tuple[UUID, UUID] | None:
        """The client that it names, for where nothing else does (RFC 7521 §4.2)."""
        return parse_client_id(str(self.claims.get("sub"))) or parse_client_id(
            str(self.claims.get("iss"))
        )


def read_assertion(text: str) -> Assertion:
    """The parts of an assertion. Raises Refused for what is none."""
    if len(text) > LONGEST:
        raise Refused("The assertion is too long.")
    try:
        token = read_signed_token(text)
    except NoSignedToken as error:
        raise Refused("The assertion is no signed JWT.") from error
    return Assertion(token.text, token.header, token.claims)


@dataclass(frozen=True, slots=True)
class AssertionVerifier:
    """Checks assertions; `audiences` are the addresses by which this deployment may be meant."""

    keys: SigningKeys
    audiences: frozenset[str]

    async def verify(self, assertion: Assertion, identity: WorkloadIdentity, now: float) -> None:
        """Raise Refused unless the identity's issuer vouches for its subject, to us, now.

        What the assertion says is looked at first: keys are fetched only for what could be good.
        """
        self._check_claims(assertion.claims, identity, now)
        header = assertion.header
        algorithm, kid = assertion.algorithm, header.get("kid")
        if algorithm is None:
            raise Refused(f"The assertion must be signed with one of {', '.join(ALGORITHMS)}.")
        if str(header.get("typ") or "").lower() not in _TYPES:
            raise Refused("The token is of a type that is no assertion.")
        if kid is not None and not isinstance(kid, str):
            raise Refused("The assertion names its key wrongly.")
        key = await self.keys.find(identity, algorithm, kid)
        if key is None:
            raise Refused("The key that signed the assertion is not in the issuer's key set.")
        try:
            assertion.check_signature(key)
        except WrongSignature as error:
            raise Refused("The assertion's signature is wrong.") from error

    def _check_claims(self, claims: dict[str, Any], identity: WorkloadIdentity, now: float) -> None:
        if claims.get("iss") != identity.issuer:
            raise Refused(f"The assertion's issuer (iss) is not {identity.issuer}.")
        if claims.get("sub") != identity.subject:
            raise Refused(f"The assertion's subject (sub) is not {identity.subject}.")
        wanted = self.audiences if identity.audience is None else {identity.audience}
        if not wanted & set(_texts(claims.get("aud"))):
            raise Refused(f"The assertion's audience (aud) is not {' or '.join(sorted(wanted))}.")
        ends = _instant(claims, "exp")
        if ends is None:
            raise Refused("The assertion has no end (exp).")
        if ends + LEEWAY_S <= now:
            raise Refused("The assertion has expired (exp).")
        if ends > now + LONGEST_S + LEEWAY_S:
            raise Refused("The assertion ends (exp) more than 24 hours from now.")
        for name in ("nbf", "iat"):
            begins = _instant(claims, name)
            if begins is not None and begins - LEEWAY_S > now:
                raise Refused(f"The assertion is of the future ({name}); compare the clocks.")


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


def _instant(claims: dict[str, Any], name: str) -> float | None:
    """A NumericDate, or None where there is none. Raises Refused for anything else."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise Refused(f"The assertion's {name} is no number of seconds.")
    return float(value)
