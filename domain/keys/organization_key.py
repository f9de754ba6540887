"""The organization's key, and how it is wrapped for one member after the other."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from domain.errors import Invalid, KeyMismatch
from domain.keys.account_keys import read_public_key
from domain.keys.compact import CannotOpen, Form, NotOurForm, read_header, seal, unseal

if TYPE_CHECKING:
    from uuid import UUID

    from joserfc.jwk import ECKey

KEY_BYTES = 32
WRAPPED_FORM = Form("ECDH-ES+A256KW", {"kid": str, "org": str, "ver": int, "epk": dict})


@dataclass(frozen=True, slots=True)
class OrganizationKey:
    """256 bits that the server never sees, with the version they are known by."""

    organization_id: UUID
    version: int
    secret: bytes = field(repr=False)

    def as_jwk(self) -> dict[str, str]:
        """The key as `oct` JWK."""
        return {"kty": "oct", "k": urlsafe_b64encode(self.secret).decode()}


def new_organization_key(organization_id: UUID, version: int) -> OrganizationKey:
    """A random key; the first one has version 1."""
    return OrganizationKey(organization_id, version, secrets.token_bytes(KEY_BYTES))


def wrap(key: OrganizationKey, member_key: ECKey) -> str:
    """The key as a JWE that only the holder of the member's private key opens."""
    return seal(
        key.as_jwk(),
        member_key,
        WRAPPED_FORM,
        kid=member_key.kid,
        org=str(key.organization_id),
        ver=key.version,
    )


def unwrap(wrapped: str, pair: ECKey, organization_id: UUID) -> OrganizationKey:
    """The key inside. Raises NotOurForm, and CannotOpen when it is for others."""
    header = _header(wrapped)
    if header["org"] != str(organization_id):
        raise CannotOpen("is the key of another organization")
    jwk = unseal(wrapped, pair, WRAPPED_FORM)
    return read_organization_key(jwk, organization_id, header["ver"])


def read_organization_key(jwk: object, organization_id: UUID, version: int) -> OrganizationKey:
    """The key in an `oct` JWK, as key files hold it. Raises CannotOpen."""
    try:
        if not isinstance(jwk, dict) or jwk["kty"] != "oct":
            raise CannotOpen("holds no organization key")
        secret = urlsafe_b64decode(jwk["k"].encode("ascii"))
    except (KeyError, AttributeError, ValueError):
        raise CannotOpen("holds no organization key") from None
    if len(secret) != KEY_BYTES:
        raise CannotOpen(f"holds a key that has not {KEY_BYTES} bytes")
    return OrganizationKey(organization_id, version, secret)


def check_wrapped_key(
    wrapped: str, *, member_kid: str, organization_id: UUID, key_version: int
) -> None:
    """What a server can check without opening it. Raises Invalid or KeyMismatch."""
    try:
        header = _header(wrapped)
    except NotOurForm as error:
        raise Invalid("wrappedOrganizationKey", str(error)) from None
    if header["org"] != str(organization_id):
        raise KeyMismatch(
            "wrappedOrganizationKey holds the key of another organization (org).",
            "wrappedOrganizationKey",
        )
    if header["kid"] != member_kid:
        raise KeyMismatch(
            "wrappedOrganizationKey was wrapped for another key than the member has now (kid);"
            " read the member's public key again.",
            "wrappedOrganizationKey",
        )
    if header["ver"] != key_version:
        raise KeyMismatch(
            f"wrappedOrganizationKey holds version {header['ver']} of the organization's key, and"
            f" version {key_version} is the current one (ver).",
            "wrappedOrganizationKey",
        )


def _header(wrapped: str) -> dict[str, Any]:
    header = read_header(wrapped, WRAPPED_FORM)
    epk = header["epk"]
    if epk.keys() != {"kty", "crv", "x", "y"}:
        raise NotOurForm("must have epk: a public EC key of kty, crv, x and y, and nothing else")
    try:
        read_public_key(epk)
    except NotOurForm as error:
        raise NotOurForm(f"must have epk: a public EC key; it {error}") from None
    return header
