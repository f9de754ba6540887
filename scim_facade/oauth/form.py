"""Reads a token request: form parameters, and a client's credentials from header or body."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Error

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "application/x-www-form-urlencoded"
GRANT_TYPE = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_BODY = 65_536
_MAX_FIELDS = 50
_KNOWN = ("grant_type", "scope", "client_id", "client_secret", "client_assertion_type")
_NAMED = frozenset({*_KNOWN, "client_assertion"})


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A well-formed request for a token; `secret` and `assertion` are not both there."""

    client_id: str | None
    secret: str | None = field(default=None, repr=False)
    assertion: str | None = field(default=None, repr=False)
    scope: str | None = None


def read_token_request(headers: Mapping[bytes, bytes], body: bytes) -> TokenRequest:
    """The request of RFC 6749 §4.4.2 with the client authentication of §2.3. Raises OAuth2Error."""
    form = _read_form(headers.get(b"content-type", b""), body)
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise InvalidRequestError("Send grant_type=client_credentials.")
    if grant_type != GRANT_TYPE:
        raise OAuth2Error(
            "The one grant_type here is client_credentials.", error="unsupported_grant_type"
        )
    assertion_type, assertion = form.get("client_assertion_type"), form.get("client_assertion")
    if (assertion_type is None) is not (assertion is None):
        raise InvalidRequestError("client_assertion and client_assertion_type belong together.")
    if assertion_type is not None and assertion_type != ASSERTION_TYPE:
        raise InvalidRequestError(f"The one client_assertion_type here is {ASSERTION_TYPE}.")
    client_id, secret = form.get("client_id"), form.get("client_secret")
    authorization = headers.get(b"authorization")
    ways = [authorization, secret, assertion]
    if sum(way is not None for way in ways) > 1:
        # RFC 6749 §2.3: one way to authenticate in each request.
        raise InvalidRequestError(
            "Send the credentials in one way: in the Authorization header, as client_secret, or as"
            " client_assertion."
        )
    if authorization is not None:
        named, secret = _read_basic(authorization)
        if client_id not in {None, named}:
            raise InvalidRequestError("The client_id is not the one in the Authorization header.")
        client_id = named
    return TokenRequest(client_id, secret, assertion, form.get("scope"))


def _read_form(content_type: bytes, body: bytes) -> dict[str, str]:
    media_type = content_type.decode("latin-1").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise InvalidRequestError(f"Send the parameters in the body, as {FORM}.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        raise InvalidRequestError(f"The body is not {FORM} in UTF-8.") from None
    form: dict[str, str] = {}
    for name, value in pairs:
        if name in form:
            # Unknown names are not repeated here: they may hold anything.
            what = name if name in _NAMED else "each parameter"
            raise InvalidRequestError(f"Send {what} once.")
        form[name] = value
    # RFC 6749 §3.2: a parameter without a value counts as left out.
    return {name: value for name, value in form.items() if value}


def _read_basic(header: bytes) -> tuple[str | None, str | None]:
    """Client id and secret, or Nones where the header holds none (RFC 6749 §2.3.1)."""
    scheme, _, encoded = header.decode("latin-1").strip().partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        text = b64decode(encoded.strip(), validate=True).decode()
        name, separator, secret = text.partition(":")
        if not separator:
            return None, None
        return unquote_plus(name, errors="strict"), unquote_plus(secret, errors="strict")
    except ValueError:
        return None, None
