"""What an OpenID provider may be: its name, its issuer, its client."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import Invalid
from domain.model.web_address import check_asked_address
from domain.text import checked_name

MOST = 10
"""Providers of one organization."""
MAX_NAME = 100
MAX_CLIENT_ID = 512
MAX_CLIENT_SECRET = 2048
# What a provider says of itself stands there, behind its issuer (OpenID Connect Discovery 1.0 §4).
_DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """What is said of a provider; the client's secret is apart.

    With `trust_email` an address counts as verified although the provider does not say so.
    """

    name: str
    issuer: str
    client_id: str
    trust_email: bool

    def checked(self, *, loopback_allowed: bool) -> OidcSettings:
        """The same, without space around its texts. Raises Invalid.

        Only who operates the machine may name an address of the machine itself.
        """
        name = checked_name(self.name, MAX_NAME)
        issuer, client_id = self.issuer.strip(), self.client_id.strip()
        check_asked_address("issuer", issuer, loopback_allowed=loopback_allowed)
        if urlsplit(issuer).query:
            raise Invalid("issuer", "must have no ?")
        if issuer.rstrip("/").endswith(_DISCOVERY):
            raise Invalid("issuer", f"must not end in {_DISCOVERY}; leave that part out")
        _check_word("clientId", client_id, MAX_CLIENT_ID)
        return OidcSettings(name, issuer, client_id, self.trust_email)


def checked_client_secret(secret: str) -> str:
    """The secret without space around it. Raises Invalid, which never shows it."""
    secret = secret.strip()
    _check_word("clientSecret", secret, MAX_CLIENT_SECRET)
    return secret


def _check_word(attribute: str, text: str, most: int) -> None:
    # RFC 6749, appendix A: what clients are called and hold is printable ASCII.
    if not 0 < len(text) <= most or not text.isascii() or not text.isprintable():
        raise Invalid(attribute, f"must have 1 to {most} printable ASCII characters")
