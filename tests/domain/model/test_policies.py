"""What an organization asks of those who join: domains, single sign-on, to be the only one."""

from __future__ import annotations

import pytest

from domain.errors import Invalid, PolicyViolation
from domain.model.policies import Policies, read_domains


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([], ()),
        ([" Example.COM ", "example.com", "a.example"], ("a.example", "example.com")),
        (["Bücher.example", "xn--bcher-kva.example"], ("xn--bcher-kva.example",)),
        (["BU\u0308CHER.example."], ("xn--bcher-kva.example",)),
        (
            ["STRASSE.example", "straße.example", "日本。example"],
            ("strasse.example", "xn--strae-oqa.example", "xn--wgv71a.example"),
        ),
    ],
)
def test_domains_are_kept_in_one_form(given: list[str], kept: tuple[str, ...]) -> None:
    assert read_domains(given) == kept


@pytest.mark.parametrize(
    "domain",
    [
        *("", "localhost", "@example.com", "*.example.com", "a@example.com", "a..example"),
        *("-a.example", "a b.example", "a_b.example", "a\x00.example", f"{'x' * 64}.example"),
        *(f"{'x.' * 124}example", f"{'x.' * 127}example"),
    ],
)
def test_what_is_no_domain(domain: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_domains(["example.com", domain])

    assert raised.value.attribute == "allowedEmailDomains"
    assert "must name domains such as example.com" in raised.value.why


def test_so_many_domains() -> None:
    assert len(read_domains(f"d{n}.example" for n in range(100))) == 100
    with pytest.raises(Invalid, match="at most 100 domains"):
        read_domains(f"d{n}.example" for n in range(101))


@pytest.mark.parametrize(
    "email",
    [
        "a@example.com",
        "A@EXAMPLE.COM",
        "a@xn--bcher-kva.example",
        "a@BÜCHER.example",
        "a@b@example.com",
    ],
)
def test_addresses_that_are_allowed(email: str) -> None:
    policies = Policies(read_domains(["example.com", "bücher.example"]))

    policies.check_email(email)
    Policies().check_email(email)


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ("a@mail.example.com", "mail.example.com"),
        ("a@example.com.evil.example", "example.com.evil.example"),
        ("example.com@evil.example", "evil.example"),
        ("a@ex_ample.com", "ex_ample.com"),
        ("a@bucher.example", "bucher.example"),
    ],
)
def test_addresses_that_are_not(email: str, told: str) -> None:
    policies = Policies(read_domains(["example.com", "bücher.example"]))

    with pytest.raises(PolicyViolation) as raised:
        policies.check_email(email)

    assert raised.value.message == (
        "The organization takes only addresses of example.com, xn--bcher-kva.example, and this one"
        f" is of {told}; use another address, or let an owner add the domain to"
        " allowedEmailDomains."
    )


def test_single_sign_on() -> None:
    policies = Policies(require_sso=True)

    policies.check_sign_on(came_by_sso=True)
    Policies().check_sign_on(came_by_sso=False)
    with pytest.raises(PolicyViolation, match="requires single sign-on"):
        policies.check_sign_on(came_by_sso=False)


def test_to_belong_to_one_alone() -> None:
    policies = Policies(single_organization=True)

    policies.check_elsewhere(is_elsewhere=False, is_claimed=False)
    Policies().check_elsewhere(is_elsewhere=True, is_claimed=False)
    with pytest.raises(PolicyViolation, match="may belong to no other, and this person belongs"):
        policies.check_elsewhere(is_elsewhere=True, is_claimed=False)
    with pytest.raises(PolicyViolation, match="they leave that one first"):
        Policies().check_elsewhere(is_elsewhere=True, is_claimed=True)


@pytest.mark.parametrize(
    "policies",
    [Policies(), Policies(("a.example",), require_sso=True), Policies(single_organization=True)],
)
def test_they_are_read_as_they_were_stored(policies: Policies) -> None:
    assert Policies.read(policies.stored()) == policies
    assert Policies.read({}) == Policies()
