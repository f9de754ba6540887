"""Whom a policy file lets a script confirm, and which files are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.confirming.policy import Policy, PolicyError, policy_of, read_policy
from api.remote.work_list import Waiting
from tests.docs.pages import DOCS, blocks


def waiting(**given: Any) -> Waiting:
    """Ada of example.com, provisioned by SCIM, who has accepted."""
    facts: dict[str, Any] = {
        "id": "mbr_ada",
        "uuid": UUID(int=1),
        "label": "ada@example.com",
        "email": "ada@example.com",
        "version": 3,
        "source": "SCIM",
        "reason": "ACCEPTED",
        "public_key": None,
        "thumbprint": None,
        "fingerprint": None,
    }
    return Waiting(**(facts | given))


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@Example.COM"])
def test_domain_is_compared_whole_and_in_any_case(email: str) -> None:
    policy = policy_of({"email_domains": ["Example.com"]})

    assert policy.why_not(waiting(email=email), frozenset()) is None


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("eve@example.com.evil.org", "example.com.evil.org"),
        ("eve@sub.example.com", "sub.example.com"),
        ("eve@notexample.com", "notexample.com"),
        ('"x@example.com"@evil.org', "evil.org"),
        (None, ""),
    ],
)
def test_another_domain_is_left(email: str | None, domain: str) -> None:
    policy = policy_of({"email_domains": ["example.com"]})

    assert policy.why_not(waiting(email=email), frozenset()) == (
        f"the policy does not name the domain {domain}"
    )


def test_all_that_is_given_must_hold() -> None:
    policy = policy_of(
        {"email_domains": ["example.com"], "groups": ["Staff"], "provisioned_by_scim": True}
    )
    inside = frozenset({"mbr_ada"})

    assert policy.why_not(waiting(), inside) is None
    assert policy.why_not(waiting(), frozenset()) == "is in none of the policy's groups"
    assert policy.why_not(waiting(source="ADMIN_API"), inside) == "was not provisioned by SCIM"


def test_a_new_key_pair_is_left_to_a_person_unless_the_policy_says_otherwise() -> None:
    again = waiting(reason="REWRAP")
    words: dict[str, Any] = {"provisioned_by_scim": True}

    assert policy_of(words).why_not(again, frozenset()) == (
        "has a new key pair or an old key, and the policy does not say rewrap = true"
    )
    assert policy_of(words | {"rewrap": True}).why_not(again, frozenset()) is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "it names no condition"),
        ({"at_most_per_hour": 5, "rewrap": True}, "it names no condition"),
        ({"provisioned_by_scim": False}, "it names no condition"),
        ({"email_domain": ["a.com"]}, "email_domain means nothing here. Did you mean email_dom"),
        ({"zzz": 1}, "zzz means nothing here. Known: email_domains, groups, "),
        ({"email_domains": []}, "email_domains is a list of texts"),
        ({"email_domains": "example.com"}, "email_domains is a list of texts"),
        ({"email_domains": ["@example.com"]}, "write the part after the @"),
        ({"email_domains": ["*.example.com"]}, "each subdomain is named by itself"),
        ({"email_domains": ["example"]}, "write the part after the @"),
        ({"groups": ["Staff", " "]}, "groups is a list of texts"),
        ({"provisioned_by_scim": "yes"}, "provisioned_by_scim is true or false"),
        ({"at_most_per_hour": 0}, "at_most_per_hour is a number from 1 to 1000000"),
        ({"at_most_per_hour": True}, "at_most_per_hour is a number"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        policy_of(given)

    assert message in str(refusal.value)


def test_a_file_says_everything(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(
        'email_domains = ["example.com", "example.org"]\ngroups = ["Staff"]\n'
        "provisioned_by_scim = true\nat_most_per_hour = 20\nrewrap = true\n"
    )

    assert read_policy(file) == Policy(
        email_domains=frozenset({"example.com", "example.org"}),
        groups=("Staff",),
        provisioned_by_scim=True,
        at_most_per_hour=20,
        rewrap=True,
    )


def test_the_file_of_the_documentation_says_what_it_seems_to(tmp_path: Path) -> None:
    (shown,) = [each for each in blocks(DOCS / "confirm-members.md") if each.info == ("toml",)]
    file = tmp_path / "policy.toml"
    file.write_text(shown.text)

    assert read_policy(file) == Policy(
        email_domains=frozenset({"harbour.example", "harbour.test"}),
        groups=("Crew", "Office"),
        provisioned_by_scim=True,
        at_most_per_hour=20,
        rewrap=False,
    )


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("groups = [")
    empty = tmp_path / "empty.toml"
    empty.write_text("")

    for file, why in [
        (broken, "is not TOML"),
        (empty, "it names no condition"),
        (tmp_path / "none.toml", "cannot be read: No such file or directory"),
    ]:
        with pytest.raises(PolicyError) as refusal:
            read_policy(file)
        assert str(file) in str(refusal.value)
        assert why in str(refusal.value)
