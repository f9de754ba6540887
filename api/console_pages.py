"""The addresses of the console's pages, as far as mails, programs and other servers lead there."""

from __future__ import annotations

ACCEPT = "/accept"
"""Where an invitation is accepted; its link's token stands behind a `#`."""
SIGN_IN = "/sign-in"
"""Where people sign in, by the token of a link or otherwise."""
MEMBERSHIP = "/membership"
OF_ORGANIZATIONS = "/o/"
"""Before the slug of an organization: everything that is about it."""


def confirmations_page(slug: str) -> str:
    """Where the members of an organization are confirmed who wait for it."""
    return f"{OF_ORGANIZATIONS}{slug}/confirmations"
