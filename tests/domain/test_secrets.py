"""Secrets: their form, what finds and what proves them, and that none is printed."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

import pytest

from domain.secrets import make_secret, read_secret, secret_text
from tests.support.factories import POLICY

ONE, TWO = UUID(int=1), UUID(int=2**127)


def test_a_secret_is_read_as_it_was_made() -> None:
    fresh = make_secret("rck", ONE)

    presented = read_secret("rck", 1, fresh.text)

    assert presented is not None
    assert presented.ids == (ONE,)
    assert presented.matches(fresh.hashed)
    assert not presented.matches(make_secret("rck", ONE).hashed)
    assert fresh.text.startswith(f"rck_{ONE.hex}_{fresh.hint}")
    assert len(fresh.text) == 3 + 1 + 32 + 1 + 43
    assert len(fresh.hint) == 6
    assert fresh.text not in repr(fresh)


def test_only_the_hash_is_stored() -> None:
    secret = bytes(range(32))

    fresh = secret_text("inv", secret, ONE, TWO)

    assert fresh.hashed == sha256(secret).digest()
    encoded = urlsafe_b64encode(secret).decode().rstrip("=")
    assert fresh.text == f"inv_{ONE.hex}_{TWO.hex}_{encoded}"
    presented = read_secret("inv", 2, fresh.text)
    assert presented is not None
    assert presented.ids == (ONE, TWO)


@pytest.mark.parametrize("secret", [b"\xff" * 32, b"\xfb\xef\xbe" * 10 + b"\xff\xff"])
def test_secrets_may_hold_the_separator(secret: bytes) -> None:
    fresh = secret_text("rck", secret, ONE)
    assert "_" in fresh.text[37:]

    presented = read_secret("rck", 1, fresh.text)

    assert presented is not None
    assert presented.matches(sha256(secret).digest())


GOOD = secret_text("rck", bytes(32), ONE).text


@pytest.mark.parametrize(
    "text",
    [
        *("", "rck", "rck_", GOOD[:-1], GOOD + "A", "adm" + GOOD[3:], GOOD.replace("_", "-")),
        *(GOOD.replace("0", "g", 1), GOOD[:-1] + "é", GOOD[:-1] + "!", "_" * 80, "\x00" * 80),
        GOOD[:-44] + "_" + GOOD[4:],
    ],
)
def test_other_texts_are_no_secrets(text: str) -> None:
    assert read_secret("rck", 1, text) is None


def test_links_of_invitations_are_derived_from_the_key() -> None:
    assert POLICY.secret_of(ONE, TWO) == POLICY.secret_of(ONE, TWO)
    assert len(POLICY.secret_of(ONE, TWO)) == 32
    assert POLICY.secret_of(ONE, TWO) != POLICY.secret_of(TWO, ONE)
