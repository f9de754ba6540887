"""Limits and folding of what is known about a person."""

from typing import Any

import pytest

from domain.errors import Invalid
from domain.folding import fold, folded_key
from domain.model.attributes import MemberAttributes, is_email

LIMITS = [
    ("user_name", "userName", 320),
    ("display_name", "displayName", 256),
    ("given_name", "name.givenName", 256),
    ("family_name", "name.familyName", 256),
    ("external_id", "externalId", 300),
]


@pytest.mark.parametrize(("name", "public", "most"), LIMITS)
def test_longest(name: str, public: str, most: int) -> None:
    given: dict[str, Any] = {"user_name": "a"}
    longest = MemberAttributes.of(**(given | {name: "x" * most}))
    assert getattr(longest, name) == "x" * most

    with pytest.raises(Invalid) as raised:
        MemberAttributes.of(**(given | {name: "x" * (most + 1)}))
    assert raised.value.message == f"{public} must be at most {most} characters."
    assert raised.value.attribute == public


@pytest.mark.parametrize("user_name", ["", " ", "\t\n"])
def test_user_name_is_never_empty(user_name: str) -> None:
    with pytest.raises(Invalid, match="userName must not be empty"):
        MemberAttributes.of(user_name=user_name)


def test_longest_email() -> None:
    longest = "a" * 244 + "@example.com"
    assert len(longest) == 256
    assert MemberAttributes.of(user_name="a", email=longest).email == longest
    with pytest.raises(Invalid, match="email must be an e-mail address of at most 256 characters"):
        MemberAttributes.of(user_name="a", email="a" + longest)


@pytest.mark.parametrize(
    "text", ["a@b", "a.b+c@example.com", "o'neil@example.com", "ü@exämple.de", "a_%@example.com"]
)
def test_addresses(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "@", "a@", "@b", "a@@b", "a@b@c", "a b@c.de", "a@b c", "a@.b", "a@b.", "a@b..c"),
        *("a@-b", "a@b-", "<a@b.de>", "a,b@c.de", "a@b.de\n", "a\x00@b.de", "a@b\u200b.de"),
        *("a(b)@c.de", 'a"b@c.de', "a;b@c.de", "a:b@c.de", "a\\b@c.de", "a[b]@c.de"),
    ],
)
def test_no_addresses(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ann", "ann"),
        ("É", "é"),
        ("E\u0301", "é"),  # decomposed
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ẞ", "ss"),
        ("Ａｎｎ＠Ｅｘ．ｃｏｍ", "ann@ex.com"),  # full width
        ("ﬁ", "fi"),
        ("Σ", "σ"),
        ("ς", "σ"),
        ("K", "k"),
        ("İ", "i̇"),
        ("ⅷ", "viii"),
        ("日本", "日本"),
    ],
)
def test_folding(text: str, key: str) -> None:
    assert fold(text) == key
    assert fold(key) == key


def test_folded_keys_of_members() -> None:
    found = MemberAttributes.of(user_name="ÉVA", email="ÉVA@X.DE", display_name="Éva Groß")

    assert found.user_name_key == "éva"
    assert found.email_key == "éva@x.de"
    assert found.display_name_key == "éva gross"


def test_a_key_has_at_most_1024_bytes() -> None:
    assert folded_key("userName", "日" * 341) == "日" * 341  # 1,023 bytes
    with pytest.raises(Invalid) as raised:
        folded_key("userName", "日" * 342)
    assert raised.value.message == ("userName is too long once letter case is folded; shorten it.")
    # One character that folds to eighteen.
    with pytest.raises(Invalid, match="displayName is too long once letter case is folded"):
        MemberAttributes.of(user_name="a", display_name="\ufdfa" * 256)


def test_further_addresses_are_folded_once_each_without_the_first() -> None:
    found = MemberAttributes.of(
        user_name="a",
        email="a@x.de",
        further_emails=("B@x.de", "b@X.de", "A@x.de", "", "É@x.de"),
    )

    assert found.further_email_keys == ("b@x.de", "é@x.de")


def test_further_addresses_are_no_part_of_equality() -> None:
    one = MemberAttributes.of(user_name="a", email="a@x.de", further_emails=("b@x.de",))

    assert one == MemberAttributes.of(user_name="a", email="a@x.de")


def test_another_email() -> None:
    found = MemberAttributes.of(user_name="a", email="a@x.de")

    assert found.with_email("B@x.de").email_key == "b@x.de"
    assert found.with_email(None).email_key is None
    assert found.require_email() is found
    with pytest.raises(Invalid, match="email is missing"):
        found.with_email(None).require_email()


def test_differences_name_what_changed() -> None:
    one = MemberAttributes.of(user_name="a", given_name="A", profile={"x": 1, "y": {"z": [1]}})
    other = MemberAttributes.of(user_name="a", family_name="B", profile={"y": {"z": [2]}, "w": 0})

    assert list(one.differences(other)) == [
        ("givenName", "A", None),
        ("familyName", None, "B"),
        ("profile.w", None, 0),
        ("profile.x", 1, None),
        ("profile.y", {"z": [1]}, {"z": [2]}),
    ]
    assert list(one.differences(one)) == []
    assert list(other.present()) == [
        ("userName", "a"),
        ("familyName", "B"),
        ("profile.w", 0),
        ("profile.y", {"z": [2]}),
    ]
