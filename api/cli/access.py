"""Gives access, for several commands: an organization with SCIM, its keys and tokens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from api.cli.console import Line
from api.cli.work import execute
from api.runtime import Runtime
from domain.caller import ALL_SCOPES
from domain.clock import utc_now
from domain.commands import (
    CreateAccessToken,
    CreateOrganization,
    CreateScimCredential,
    EnableScim,
    IssueSignInLink,
)
from domain.ids import UUID
from domain.queries.directory import OrganizationEntry, find_organization


@dataclass(frozen=True, slots=True)
class Access:
    """An organization and what opens it; a secret that was not just made is None."""

    organization: OrganizationEntry
    public_url: str
    scim_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    sign_in_url: str | None = field(default=None, repr=False)

    @property
    def scim_url(self) -> str:
        """What goes into the identity provider."""
        return f"{self.public_url}/v2/{self.organization.id}"

    @property
    def graphql_url(self) -> str:
        """Where administrators' programs ask."""
        return f"{self.public_url}/graphql"

    @property
    def audit_export_url(self) -> str:
        """Where the history is to be had."""
        return f"{self.public_url}/organizations/{self.organization.id}/audit-export"

    def lines(self) -> list[Line]:
        """The result of `init`, under the names that programs rely on."""
        return [
            Line("organization id", "organizationId", self.organization.id),
            Line("organization slug", "organizationSlug", self.organization.slug),
            Line("SCIM base URL", "scimBaseUrl", self.scim_url),
            Line("SCIM API key", "scimApiKey", self.scim_key),
            Line("access token", "accessToken", self.token),
            Line("sign-in link", "signInUrl", self.sign_in_url),
        ]


async def create_organization(runtime: Runtime, name: str, owner: str | None) -> Access:
    """A new organization with SCIM enabled, its first key, and a token with all scopes.

    The owner is a confirmed member at once and signs in by the link. Raises Taken, Invalid.
    """
    created = await execute(runtime, CreateOrganization(name, owner))
    access = await open_access(runtime, created.value)
    if owner is None:
        return access
    return replace(access, sign_in_url=await sign_in_url(runtime, owner))


async def sign_in_url(runtime: Runtime, email: str) -> str:
    """The address at which the person of that address signs in, once. Raises NotFound."""
    issued = await execute(runtime, IssueSignInLink(email))
    return runtime.mail_links.sign_in_url(issued.value)


async def open_access(runtime: Runtime, organization_id: UUID) -> Access:
    """Enable SCIM and make a token; the key is new only where SCIM was never on before."""
    enabled = await execute(runtime, EnableScim(organization_id))
    token = await execute(runtime, CreateAccessToken(organization_id, "First token", ALL_SCOPES))
    organization = await find_organization(runtime.reader, str(organization_id))
    url = runtime.settings.public_url
    return Access(organization, url, enabled.value.secret, token.value.secret)


async def lend_access(
    runtime: Runtime, organization_id: UUID, name: str, lifetime: timedelta
) -> Access:
    """A further key and token of the organization, so named, that end by themselves."""
    ends_at = utc_now() + lifetime
    await execute(runtime, EnableScim(organization_id))
    key = await execute(
        runtime, CreateScimCredential(organization_id, expires_at=ends_at, name=name)
    )
    token = await execute(
        runtime, CreateAccessToken(organization_id, name, ALL_SCOPES, expires_at=ends_at)
    )
    organization = await find_organization(runtime.reader, str(organization_id))
    url = runtime.settings.public_url
    return Access(organization, url, key.value.secret, token.value.secret)
