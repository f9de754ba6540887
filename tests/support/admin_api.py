"""What an administrator sees over GraphQL: asked with `gql` over a socket, as scripts do."""

from __future__ import annotations

from typing import Any

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

from domain.caller import ALL_SCOPES
from domain.commands import CreateAccessToken
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.house import Resident

SEEN = """
query Seen($id: ID!) {
  organization(by: {id: $id}) {
    members(first: 20) { nodes { userName status groups(first: 10) { nodes { displayName } } } }
    groups(first: 10) {
      nodes { displayName memberCount members(first: 20) { nodes { userName } } }
    }
    invitations(first: 20, filter: {state: [QUEUED, SENT]}) { nodes { member { userName } } }
    auditEvents(first: 100) { nodes { position action } }
    provisioningRequests(first: 100) { nodes { statusCode outcome provider } }
  }
}
"""


def seen_by_an_administrator(resident: Resident) -> dict[str, Any]:
    """The organization as one GraphQL request shows it."""
    runner = resident.house.blocking
    command = CreateAccessToken(resident.organization_id, "end to end", ALL_SCOPES)
    token = runner.run(runner.app.execute(command, factories.SYSTEM)).value
    transport = HTTPXTransport(
        url=f"{resident.house.server.url}/graphql",
        headers={"Authorization": f"Bearer {token.secret}"},
    )
    request = gql(SEEN)
    organization_id = make_id(Kind.ORGANIZATION, None, resident.organization_id)
    request.variable_values = {"id": organization_id}
    with Client(transport=transport) as session:
        organization: dict[str, Any] = session.execute(request)["organization"]
    return organization
