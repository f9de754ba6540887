"""What to do about a provisioning request: from what the log stored of it to a sentence and a page.

Hints are made when a request is read, so that a better one also explains what is long past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.queries.hint_texts import GROUP, HINTS, PAGES_OF_WARNINGS
from domain.vocabulary import (
    IdentityProvider,
    ProvisioningOutcome,
    ScimOperation,
    ScimResourceType,
)

if TYPE_CHECKING:
    from domain.queries.provisioning_requests import ProvisioningRequestRow

# RFC 7644 table 9 and RFC 9865 §2.1, by the names of their pages.
_SCIM_TYPES = {
    "invalidFilter": "invalid-filter",
    "tooMany": "too-many",
    "uniqueness": "uniqueness",
    "mutability": "mutability",
    "invalidSyntax": "invalid-syntax",
    "invalidPath": "invalid-path",
    "noTarget": "no-target",
    "invalidValue": "invalid-value",
    "invalidVers": "invalid-vers",
    "sensitive": "sensitive",
    "invalidCursor": "invalid-cursor",
    "expiredCursor": "expired-cursor",
    "invalidCount": "invalid-count",
}
_STATUSES = {
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    412: "version-conflict",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    500: "server-error",
    501: "not-implemented",
    503: "server-error",
}
# Of the domain's refusals those that a status alone does not tell apart.
_CODES = {
    "SEAT_LIMIT": "seat-limit",
    "DEPROVISION_HELD": "deprovision-held",
    "LAST_OWNER": "last-owner",
    "POLICY": "policy",
    "SELF_ACTION": "self-action",
    "MANAGED_BY_IDP": "managed-by-idp",
    "INVALID_TRANSITION": "invalid-transition",
}
_GUIDES = {
    IdentityProvider.ENTRA_ID: "entra-id",
    IdentityProvider.OKTA: "okta",
    IdentityProvider.ONELOGIN: "onelogin",
    IdentityProvider.JUMPCLOUD: "jumpcloud",
    IdentityProvider.PING: "ping",
    IdentityProvider.GOOGLE: "google",
    IdentityProvider.RIPPLING: "rippling",
    IdentityProvider.AUTHENTIK: "authentik",
    IdentityProvider.KEYCLOAK: "keycloak",
}


@dataclass(frozen=True, slots=True)
class ProvisioningHint:
    """What to change, and the page of the documentation that says more, relative to `docs/`."""

    text: str
    docs: str


def error_page(status_code: int, scim_type: str | None, error_code: str | None) -> str | None:
    """The name of the page in `docs/errors/` about an answer; None when it is no error."""
    if status_code < 400:
        return None
    if error_code in _CODES:
        return _CODES[error_code]
    return _SCIM_TYPES.get(scim_type or "") or _STATUSES.get(status_code, "index")


def hints_for(row: ProvisioningRequestRow) -> list[ProvisioningHint]:
    """What to change in the provider, or here, each sentence once; empty where nothing is amiss."""
    hints: dict[str, ProvisioningHint] = {}
    for situation, page in _situations(row):
        texts = HINTS.get(situation, {})
        text = texts.get(row.provider) or texts.get(None)
        if text:
            guide = _GUIDES.get(row.provider) if row.provider and row.provider in texts else None
            docs = page or (f"guides/{guide}.md" if guide else _page_about(situation))
            hints.setdefault(text, ProvisioningHint(text, docs))
    return list(hints.values())


def _page_about(warning: str) -> str:
    return PAGES_OF_WARNINGS.get(warning, "scim.md")


def _situations(row: ProvisioningRequestRow) -> Iterator[tuple[str, str | None]]:
    """Names under which the table of hints may know what happened, and the page about an error."""
    page = error_page(row.status_code, row.scim_type, row.error_code)
    if page is not None:
        about = page
        if row.resource_type is ScimResourceType.GROUP and f"{page}{GROUP}" in HINTS:
            about = f"{page}{GROUP}"
        if page == "not-found" and row.operation is ScimOperation.DELETE:
            about = "gone"
        yield about, f"errors/{page}.md"
    if row.outcome in {ProvisioningOutcome.REJECTED, ProvisioningOutcome.FAILED}:
        # What was tolerated on the way to a refusal is not what it failed of.
        return
    for name in row.warning_names:
        yield name, None
