"""An organization with one of each thing, for tests that need an id of every kind."""

from __future__ import annotations

from domain.application import Application
from domain.commands import CreateOidcProvider
from domain.store.sealer import seal_pending
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.graphql import Api, token
from tests.support.request_log import log_request

IDS = """
{ organizations(first: 2) { nodes {
  id
  scimConnection { id apiKeys { id } }
  members(first: 9) { nodes { id scimId invitations(first: 1) { nodes { id } } } }
  groups { nodes { id scimId } }
  auditEvents(first: 1) { nodes { id correlationId } }
  provisioningRequests(first: 1) { nodes { id } }
  accessTokens(first: 9) { nodes { id } }
  oidcProviders { id }
} } }
"""


async def settle(app: Application, caller: Api) -> dict[str, str]:
    """One of each thing in the organization: ids by their prefixes, UUIDs by what they are."""
    member = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    group = await factories.group(app, caller.organization_id, frozenset({member.id}))
    await log_request(app, caller.organization_id, subject_id=member.id, subject_label="x")
    await caller.change("enableScim", "", organizationId=caller.org)
    # The newest token, whose end does not end the caller.
    await token(app, caller.organization_id)
    provider = CreateOidcProvider(
        caller.organization_id, "Directory", "https://idp.example.com", "rollcall", "a secret"
    )
    await app.execute(provider, factories.SYSTEM)
    await seal_pending(app.pool)
    found = await caller.ask(IDS)
    ids = {
        "org": caller.org,
        "mbr": caller.member_id(member.id),
        "grp": caller.group_id(group),
    }
    node = found["organizations"]["nodes"][0]
    ids["ivt"] = node["members"]["nodes"][0]["invitations"]["nodes"][0]["id"]
    ids["scm"] = node["scimConnection"]["id"]
    ids["key"] = node["scimConnection"]["apiKeys"][0]["id"]
    ids["evt"] = node["auditEvents"]["nodes"][0]["id"]
    ids["req"] = node["provisioningRequests"]["nodes"][0]["id"]
    ids["tok"] = node["accessTokens"]["nodes"][0]["id"]
    ids["idp"] = node["oidcProviders"][0]["id"]
    started = await caller.change(
        "startBulkOperation",
        "bulkOperation { id }",
        organizationId=caller.org,
        action="REINVITE",
        filter={},
        expectedCount=1,
        idempotencyKey="once",
    )
    ids["blk"] = started["bulkOperation"]["id"]
    ids["correlationId"] = node["auditEvents"]["nodes"][0]["correlationId"]
    ids["scimId"] = node["members"]["nodes"][0]["scimId"]
    return ids
