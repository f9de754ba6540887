"""A person's key pair: EC P-256, the private half locked with a passphrase."""

from __future__ import annotations

import unicodedata
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey
from joserfc.util import urlsafe_b64decode

from domain.errors import Invalid
from domain.keys.compact import CannotOpen, Form, NotOurForm, read_header, seal, unseal

CURVE = "P-256"
ITERATIONS = 300_000
"""Of PBKDF2, exactly: OWASP asks for 210,000 at least, joserfc takes no more than this."""
MIN_PASSPHRASE = 14
"""Characters: joserfc takes nothing under 112 bits."""
_COORDINATE_BYTES = 32
_PUBLIC = ("kty", "crv", "x", "y")
_SALT_BYTES = 16

LOCKED_FORM = Form("PBES2-HS512+A256KW", {"kid": str, "p2s": str, "p2c": int})


def new_key_pair() -> ECKey:
    """A key pair whose `kid` is its thumbprint."""
    return _named(ECKey.generate_key(CURVE))


def read_public_key(value: object) -> ECKey:
    """The public key in a JWK as anybody may send it. Raises NotOurForm."""
    if not isinstance(value, dict):
        raise NotOurForm("must be a JWK")
    if "d" in value:
        raise NotOurForm("holds a private key; keep that to yourself and send only the public one")
    if (value.get("kty"), value.get("crv")) != ("EC", CURVE):
        raise NotOurForm(f"must be an EC key on the curve {CURVE}")
    for name in ("x", "y"):
        try:
            size = len(urlsafe_b64decode(value[name].encode("ascii")))
        except (KeyError, AttributeError, ValueError):
            size = 0
        if size != _COORDINATE_BYTES:
            raise NotOurForm(f"must have {name}: {_COORDINATE_BYTES} bytes in base64url")
    try:
        key = _named(ECKey.import_key({name: value[name] for name in _PUBLIC}))
    except (JoseError, ValueError):
        raise NotOurForm(f"is no point on the curve {CURVE}") from None
    if value.get("kid", key.kid) != key.kid:
        raise NotOurForm("has a kid that is not its RFC 7638 thumbprint")
    return key


def public_jwk(key: ECKey) -> dict[str, Any]:
    """The public half as it is stored and shown."""
    shown = key.as_dict(private=False)
    return {name: shown[name] for name in (*_PUBLIC, "kid")}


def lock(pair: ECKey, passphrase: str) -> str:
    """The private half as a JWE that only the passphrase opens; takes a tenth of a second.

    Raises ValueError when the passphrase is too short.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise ValueError(f"a passphrase has at least {MIN_PASSPHRASE} characters")
    private = {name: pair.as_dict(private=True)[name] for name in (*_PUBLIC, "d", "kid")}
    return seal(private, _from_passphrase(passphrase), LOCKED_FORM, kid=pair.kid, p2c=ITERATIONS)


def unlock(locked: str, passphrase: str) -> ECKey:
    """The key pair. Raises NotOurForm, and CannotOpen when the passphrase is another."""
    kid = read_locked(locked)
    if len(passphrase) < MIN_PASSPHRASE:
        raise CannotOpen("was made with a longer passphrase")
    private = unseal(locked, _from_passphrase(passphrase), LOCKED_FORM)
    try:
        pair = _named(ECKey.import_key({name: private[name] for name in (*_PUBLIC, "d")}))
    except (JoseError, ValueError, KeyError):
        raise CannotOpen("holds no key pair") from None
    if pair.kid != kid:
        raise CannotOpen("holds another key pair than it says")
    return pair


def read_locked(locked: str) -> str:
    """The `kid` of the pair in a locked private key, whose form is checked. Raises NotOurForm."""
    header = read_header(locked, LOCKED_FORM)
    if header["p2c"] != ITERATIONS:
        raise NotOurForm(f"must have p2c {ITERATIONS}")
    try:
        salt = urlsafe_b64decode(header["p2s"].encode("ascii"))
    except ValueError:
        salt = b""
    if len(salt) < _SALT_BYTES:
        raise NotOurForm(f"must have p2s: {_SALT_BYTES} bytes in base64url, or more")
    kid: str = header["kid"]
    return kid


def check_key_pair(public: object, locked: str) -> dict[str, Any]:
    """The public JWK as it is stored, of a pair whose locked half goes with it; what a server sees.

    Raises Invalid for publicKey or encryptedPrivateKey.
    """
    try:
        key = read_public_key(public)
    except NotOurForm as error:
        raise Invalid("publicKey", str(error)) from None
    try:
        kid = read_locked(locked)
    except NotOurForm as error:
        raise Invalid("encryptedPrivateKey", str(error)) from None
    if kid != key.kid:
        raise Invalid("encryptedPrivateKey", "is of another pair than publicKey: its kid differs")
    return public_jwk(key)


def _named(key: ECKey) -> ECKey:
    key.ensure_kid()
    return key


def _from_passphrase(passphrase: str) -> OctKey:
    # One passphrase typed on two keyboards is one sequence of bytes (RFC 8265 §4.2).
    return OctKey.import_key(unicodedata.normalize("NFC", passphrase).encode())
