"""Secrets: their form, what finds and what proves them, and that none is printed."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

import pytest

from domain.secrets import make_secret, read_secret, secret_text
from domain.store.invitation_links import InvitationPolicy
from domain.store.sign_in_links import SignInPolicy
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


def test_secrets_of_links_follow_from_the_key_and_the_ids_alone() -> None:
    made = [
        policy.secret_of(*ids)
        for policy in (POLICY, InvitationPolicy(b"another key"))
        for ids in ((ONE, TWO), (TWO, ONE), (ONE, ONE))
    ] + [
        policy.secret_of(id_)
        for policy in (SignInPolicy(POLICY.secret_key), SignInPolicy(b"another key"))
        for id_ in (ONE, TWO)
    ]

    assert {len(secret) for secret in made} == {32}
    assert len(set(made)) == len(made)
    assert InvitationPolicy(POLICY.secret_key).secret_of(ONE, TWO) == made[0]


def test_only_what_the_key_of_now_makes_of_these_ids_is_its_own() -> None:
    before = InvitationPolicy(b"another key")
    made = {
        POLICY.token_of(ONE, TWO): True,
        POLICY.token_of(TWO, ONE): True,
        before.token_of(ONE, TWO): False,
        secret_text("inv", POLICY.secret_of(ONE, TWO), ONE, ONE).text: False,
        secret_text("inv", sha256(POLICY.secret_of(ONE, TWO)).digest(), ONE, TWO).text: False,
    }
    for token, is_own in made.items():
        presented = read_secret("inv", 2, token)
        assert presented is not None
        assert POLICY.made(presented) is is_own
        assert before.made(presented) is (token == before.token_of(ONE, TWO))

    sign_in = SignInPolicy(POLICY.secret_key)
    for policy, id_ in ((sign_in, ONE), (SignInPolicy(b"another key"), ONE), (sign_in, TWO)):
        presented = read_secret("sil", 1, policy.token_of(id_))
        assert presented is not None
        assert sign_in.made(presented) is (policy is sign_in)
    swapped = read_secret("sil", 1, secret_text("sil", sign_in.secret_of(TWO), ONE).text)
    assert swapped is not None
    assert not sign_in.made(swapped)


def test_no_key_that_links_are_derived_from_is_printed() -> None:
    key = POLICY.secret_key

    assert repr(key) not in repr(POLICY)
    assert repr(key) not in repr(SignInPolicy(key))
