"""Compact JWE (RFC 7516) with exactly the algorithms and headers of the handshake."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import Key
from joserfc.registry import HeaderParameter
from joserfc.util import urlsafe_b64decode

ENCRYPTION = "A256GCM"
CONTENT = "jwk+json"
"""What is inside is a JWK (RFC 7517 §7)."""
MAX_BYTES = 4096

# Sizes of the parts after the header: a wrapped 256-bit key, the nonce and tag of AES-GCM.
_ENCRYPTED_KEY_BYTES = 40
_NONCE_BYTES = 12
_TAG_BYTES = 16

_OWN_HEADERS = {
    "org": HeaderParameter("Organization whose key is inside", "str"),
    "ver": HeaderParameter("Version of that key", "int"),
}


class NotOurForm(ValueError):
    """The text is no JWE of the handshake; says what is wrong with it."""


class CannotOpen(ValueError):
    """The JWE was made for another key or passphrase, or was altered."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the header of one kind of JWE holds, name by name with the type of its value."""

    algorithm: str
    headers: dict[str, type]


def read_header(text: str, form: Form) -> dict[str, Any]:
    """The protected header of a JWE of that form, read without any key. Raises NotOurForm."""
    if len(text) > MAX_BYTES:
        raise NotOurForm(f"may have at most {MAX_BYTES} characters")
    parts = text.split(".")
    if len(parts) != 5:
        raise NotOurForm("must be a compact JWE: five parts with dots between them")
    try:
        header_part, *sized, content = [
            urlsafe_b64decode(parts[n].encode("ascii")) for n in (0, 1, 2, 4, 3)
        ]
        header = json.loads(header_part)
    except (ValueError, RecursionError):
        raise NotOurForm("must be a compact JWE: base64url with a JSON header") from None
    if not isinstance(header, dict):
        raise NotOurForm("must be a compact JWE with an object as its header")
    expected = {"alg": form.algorithm, "enc": ENCRYPTION, "cty": CONTENT}
    for name, value in expected.items():
        if header.get(name) != value:
            raise NotOurForm(f"must have {name} {value}")
    # `crit` and `zip` among others: nothing may change what the rest means.
    for name in header.keys() - expected.keys() - form.headers.keys():
        raise NotOurForm(f"has a header {name[:40]!r} that does not belong there")
    for name, kind in form.headers.items():
        if type(header.get(name)) is not kind:
            raise NotOurForm(f"must have a header {name}")
    if [len(part) for part in sized] != [_ENCRYPTED_KEY_BYTES, _NONCE_BYTES, _TAG_BYTES]:
        raise NotOurForm("has a key, nonce or tag of the wrong length")
    if not content:
        raise NotOurForm("is empty")
    return header


def seal(jwk: dict[str, Any], key: Key, form: Form, **headers: object) -> str:
    """The JWK as a compact JWE for `key`."""
    protected = {"alg": form.algorithm, "enc": ENCRYPTION, "cty": CONTENT, **headers}
    plaintext = json.dumps(jwk, separators=(",", ":"), sort_keys=True)
    return jwe.encrypt_compact(protected, plaintext, key, registry=_registry(form))


def unseal(text: str, key: Key, form: Form) -> dict[str, Any]:
    """The JWK inside. Raises NotOurForm, and CannotOpen whatever else is wrong."""
    read_header(text, form)
    try:
        opened = jwe.decrypt_compact(text, key, registry=_registry(form)).plaintext
        jwk = json.loads(opened or b"")
    except (JoseError, ValueError):
        raise CannotOpen("was made for another key or passphrase, or was altered") from None
    if not isinstance(jwk, dict):
        raise CannotOpen("holds no key")
    return jwk


def _registry(form: Form) -> JWERegistry:
    return JWERegistry(header_registry=_OWN_HEADERS, algorithms=[form.algorithm, ENCRYPTION])
