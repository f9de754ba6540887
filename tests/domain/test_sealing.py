"""Sealed texts open with their key, for what they were sealed for, and unaltered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sealing import CannotOpen, SealingKey

KEY = SealingKey(bytes(range(32)))


@given(st.text(max_size=100).filter(lambda text: text.encode("utf-8", "ignore").decode() == text))
def test_what_was_sealed_opens(text: str) -> None:
    sealed = KEY.seal(text, "a purpose")

    assert KEY.open(sealed, "a purpose") == text
    assert KEY.seal(text, "a purpose") != sealed, "a fresh nonce each time"


@pytest.mark.parametrize("part", range(5))
def test_what_was_altered_does_not_open(part: int) -> None:
    parts = KEY.seal("a secret", "a purpose").split(".")
    letter = parts[part][:1]
    parts[part] = ("B" if letter == "A" else "A") + parts[part][1:]

    with pytest.raises(CannotOpen):
        KEY.open(".".join(parts), "a purpose")


def test_another_key_another_purpose_and_other_texts_do_not_open() -> None:
    sealed = KEY.seal("a secret", "a purpose")

    for key, text, purpose in (
        (SealingKey(bytes(32)), sealed, "a purpose"),
        (KEY, sealed, "another purpose"),
        (KEY, "", "a purpose"),
        (KEY, "a.b.c.d.e", "a purpose"),
        (KEY, "x" * 100_000, "a purpose"),
        (KEY, "é", "a purpose"),
    ):
        with pytest.raises(CannotOpen):
            key.open(text, purpose)


def test_a_key_is_not_shown() -> None:
    assert "key" not in repr(KEY)
