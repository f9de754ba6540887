"""What an organization asks of everyone who joins it: pure checks, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import idna

from domain.errors import Invalid, PolicyViolation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_DOMAINS = 100
MAX_DOMAIN = 253
"""Characters of a domain name in ASCII (RFC 1035 §2.3.4)."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of one organization; `allowed_email_domains` empty allows every domain.

    Domains are kept in ASCII (IDNA 2008), lower case, sorted, each once. A domain allows addresses
    of exactly itself: `example.com` does not allow `mail.example.com`.
    """

    allowed_email_domains: tuple[str, ...] = ()
    require_sso: bool = False
    single_organization: bool = False

    @staticmethod
    def read(stored: Mapping[str, Any]) -> Policies:
        """The policies as `organizations.policies` holds them; what is missing is not asked for."""
        return Policies(
            tuple(stored.get("allowedEmailDomains", ())),
            bool(stored.get("requireSso")),
            bool(stored.get("singleOrganization")),
        )

    def stored(self) -> dict[str, Any]:
        """The form in which they are stored, and told in histories."""
        return {
            "allowedEmailDomains": list(self.allowed_email_domains),
            "requireSso": self.require_sso,
            "singleOrganization": self.single_organization,
        }

    def check_email(self, email: str) -> None:
        """Raise PolicyViolation when the address is of a domain that is not allowed."""
        domain = domain_of(email)
        if self.allowed_email_domains and domain not in self.allowed_email_domains:
            allowed = ", ".join(self.allowed_email_domains)
            raise PolicyViolation(
                f"The organization takes only addresses of {allowed}, and this one is of {domain};"
                " use another address, or let an owner add the domain to allowedEmailDomains."
            )

    def check_sign_on(self, *, came_by_sso: bool) -> None:
        """Raise PolicyViolation when single sign-on is required and was never used."""
        if self.require_sso and not came_by_sso:
            raise PolicyViolation(
                "The organization requires single sign-on, and this person has not come by its"
                " identity provider yet; they sign in that way first, or an owner switches"
                " requireSso off."
            )

    def check_elsewhere(self, *, is_elsewhere: bool, is_claimed: bool) -> None:
        """Raise PolicyViolation when organizations do not let the person belong to both.

        `is_elsewhere` says that the person belongs to another organization, `is_claimed` that one
        of those asks to be their only one.
        """
        if self.single_organization and is_elsewhere:
            raise PolicyViolation(
                "Members of the organization may belong to no other, and this person belongs to"
                " another; they leave that one first, or an owner switches singleOrganization off."
            )
        if is_claimed:
            raise PolicyViolation(
                "This person belongs to an organization whose members may belong to no other; they"
                " leave that one first."
            )


def domain_of(email: str) -> str:
    """The domain of an address, as it is compared."""
    return ascii_domain(email.rpartition("@")[2])


@lru_cache(maxsize=1024)
def ascii_domain(domain: str) -> str:
    """The domain as it is compared: A-labels in lower case; in lower case alone if it has none."""
    # Not folded like names: `ß` and `ss` are two domains.
    domain = domain.rstrip(".")
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        # A name that the DNS may know and IDNA does not, such as one with an underscore.
        return domain.lower()


def read_domains(domains: Iterable[str]) -> tuple[str, ...]:
    """Domains as they are kept. Raises Invalid("allowedEmailDomains")."""
    return tuple(sorted({_domain(domain) for domain in _few(domains)}))


def _few(domains: Iterable[str]) -> tuple[str, ...]:
    given = tuple(domains)
    if len(given) > MAX_DOMAINS:
        raise Invalid("allowedEmailDomains", f"may name at most {MAX_DOMAINS} domains")
    return given


def _domain(text: str) -> str:
    domain = ascii_domain(text.strip()) if len(text) <= MAX_DOMAIN else ""
    labels = domain.split(".")
    if (
        len(labels) < 2
        or len(domain) > MAX_DOMAIN
        or not all(_LABEL.fullmatch(label) for label in labels)
    ):
        raise Invalid(
            "allowedEmailDomains",
            f"must name domains such as example.com, without @ and *; {text[:60]!r} is none",
        )
    return domain
