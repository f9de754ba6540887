"""Key pairs of people: what is stored of them, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey, OctKey
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from domain.keys.account_keys import (
    ITERATIONS,
    lock,
    new_key_pair,
    public_jwk,
    read_locked,
    read_public_key,
    unlock,
)
from domain.keys.compact import MAX_BYTES, CannotOpen, NotOurForm

PASSPHRASE = "correct horse battery"
PAIR = new_key_pair()
LOCKED = lock(PAIR, PASSPHRASE)


def headed(text: str, **changed: Any) -> str:
    """The JWE with other words in its header; a None takes the word out."""
    head, *rest = text.split(".")
    header = json.loads(urlsafe_b64decode(head.encode())) | changed
    shown = {name: value for name, value in header.items() if value is not None}
    return ".".join([urlsafe_b64encode(json.dumps(shown).encode()).decode(), *rest])


def test_a_pair_is_locked_and_unlocked() -> None:
    assert PASSPHRASE not in LOCKED
    assert read_locked(LOCKED) == PAIR.kid
    assert unlock(LOCKED, PASSPHRASE).as_dict(private=True) == PAIR.as_dict(private=True)


def test_what_is_public_holds_nothing_private() -> None:
    assert set(public_jwk(PAIR)) == {"kty", "crv", "x", "y", "kid"}
    assert read_public_key(public_jwk(PAIR)).kid == PAIR.thumbprint()
    unnamed = {name: value for name, value in public_jwk(PAIR).items() if name != "kid"}
    assert read_public_key(unnamed | {"use": "enc"}).kid == PAIR.thumbprint()


@pytest.mark.parametrize("passphrase", ["correct horse batterx", "short", ""])
def test_another_passphrase_opens_nothing(passphrase: str) -> None:
    with pytest.raises(CannotOpen):
        unlock(LOCKED, passphrase)


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 14 characters"):
        lock(PAIR, "thirteen char")


P521 = ECKey.generate_key("P-521").as_dict(private=False)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a key", "must be a JWK"),
        (PAIR.as_dict(private=True), "holds a private key"),
        (P521, "must be an EC key on the curve P-256"),
        ({"kty": "oct", "k": "AAAA"}, "must be an EC key"),
        (public_jwk(PAIR) | {"x": "AAAA"}, "must have x: 32 bytes"),
        (public_jwk(PAIR) | {"y": 7}, "must have y: 32 bytes"),
        (public_jwk(PAIR) | {"y": "A" * 43}, "is no point on the curve"),
        (public_jwk(PAIR) | {"kid": "mine"}, "kid that is not its RFC 7638 thumbprint"),
    ],
)
def test_a_public_key_of_another_form_is_refused(value: object, why: str) -> None:
    with pytest.raises(NotOurForm, match=why):
        read_public_key(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "five parts"),
        ("a.b.c.d", "five parts"),
        ("é.b.c.d.e", "base64url"),
        ("e30.a.b.c.d", "base64url"),
        ("W10.AAAA.AAAA.AAAA.AAAA", "an object as its header"),
        (LOCKED + "A" * MAX_BYTES, f"at most {MAX_BYTES}"),
        (headed(LOCKED, alg="PBES2-HS256+A128KW"), "alg PBES2-HS512"),
        (headed(LOCKED, enc="A128GCM"), "enc A256GCM"),
        (headed(LOCKED, cty=None), "cty jwk"),
        (headed(LOCKED, p2c=ITERATIONS - 1), "p2c 300000"),
        (headed(LOCKED, p2c=True), "header p2c"),
        (headed(LOCKED, p2c=10**9), "p2c 300000"),
        (headed(LOCKED, p2s="AAAA"), "p2s: 16 bytes"),
        (headed(LOCKED, p2s="+"), "p2s: 16 bytes"),
        (headed(LOCKED, kid=None), "header kid"),
        (headed(LOCKED, zip="DEF"), "'zip' that does not belong"),
        (headed(LOCKED, crit=["p2c"]), "'crit' that does not belong"),
        (LOCKED.rsplit(".", 1)[0] + ".AAAA", "wrong length"),
        (".".join([*LOCKED.split(".")[:3], "", LOCKED.split(".")[4]]), "is empty"),
    ],
)
def test_a_locked_key_of_another_form_is_refused(text: str, why: str) -> None:
    with pytest.raises(NotOurForm, match=why):
        read_locked(text)
    with pytest.raises(NotOurForm, match=why):
        unlock(text, PASSPHRASE)


def test_what_was_altered_does_not_open() -> None:
    parts = LOCKED.split(".")
    parts[3] = ("B" if parts[3][0] == "A" else "A") + parts[3][1:]

    with pytest.raises(CannotOpen):
        unlock(".".join(parts), PASSPHRASE)


@pytest.mark.parametrize("inside", [b"nothing", b"[]", b'{"kty":"EC"}'])
def test_something_else_inside_is_no_key_pair(inside: bytes) -> None:
    header = {
        "alg": "PBES2-HS512+A256KW",
        "enc": "A256GCM",
        "cty": "jwk+json",
        "kid": PAIR.kid,
        "p2c": ITERATIONS,
    }
    algorithms = ["PBES2-HS512+A256KW", "A256GCM"]
    text = jwe.encrypt_compact(header, inside, OctKey.import_key(PASSPHRASE), algorithms)

    with pytest.raises(CannotOpen):
        unlock(text, PASSPHRASE)


def test_a_pair_under_anothers_name_does_not_open() -> None:
    private = new_key_pair().as_dict(private=True)
    header = {
        "alg": "PBES2-HS512+A256KW",
        "enc": "A256GCM",
        "cty": "jwk+json",
        "kid": PAIR.kid,
        "p2c": ITERATIONS,
    }
    algorithms = ["PBES2-HS512+A256KW", "A256GCM"]
    key = OctKey.import_key(PASSPHRASE)
    text = jwe.encrypt_compact(header, json.dumps(private), key, algorithms)

    with pytest.raises(CannotOpen, match="another key pair"):
        unlock(text, PASSPHRASE)
