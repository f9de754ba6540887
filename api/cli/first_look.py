"""The first organization of a new deployment, and what its operator has to know about it."""

from __future__ import annotations

from api.cli.access import Access, create_organization
from api.database import DatabaseUrls
from api.runtime import open_runtime
from api.settings import Settings
from domain.errors import Taken

OWNER = "owner@example.com"


async def prepare(settings: Settings, urls: DatabaseUrls, name: str) -> str:
    """Make the organization; what to tell about it."""
    async with open_runtime(settings, workers=False, migrate=False, urls=urls) as runtime:
        try:
            return _text(await create_organization(runtime, name, owner=OWNER))
        except Taken:  # another start was faster, and has shown the secrets
            return f"Rollcall serves {settings.public_url}; the organization {name} exists."


def _text(access: Access) -> str:
    return f"""\
Rollcall serves {access.public_url}, with the organization {access.organization.name}.

  SCIM base URL    {access.scim_url}
  SCIM API key     {access.scim_key}
  GraphQL URL      {access.graphql_url}
  access token     {access.token}
  sign in at       {access.sign_in_url}

Key and token are shown this once. The link works once, for 15 minutes; another one:
  .venv/bin/rollcall sign-in-link --email {OWNER}

Paste into your identity provider:
  Okta       SCIM connector base URL: the SCIM base URL · Unique identifier field: userName
             Authentication mode: HTTP Header · Authorization: the SCIM API key
  Entra ID   Tenant URL: the SCIM base URL · Secret Token: the SCIM API key
  OneLogin   SCIM Base URL and SCIM Bearer Token
  others     "base URL" or "endpoint", and "bearer token" or "API token"
A provider in the cloud must reach this server: set ROLLCALL_PUBLIC_URL to its https address.

Without a provider: `make demo` in another terminal plays some."""
