"""What an administrator sees over GraphQL: asked with `gql` over a socket, as scripts do."""

from __future__ import annotations

from dataclasses import dataclass, field
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


RESOLVE = """
mutation Resolve($input: ResolveDeprovisionGuardInput!) {
  resolveDeprovisionGuard(input: $input) {
    changed errors { code } scimConnection { guard { state held } }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Administrator:
    """Asks the server of an organization, with every scope in it."""

    url: str
    secret: str = field(repr=False)
    organization_id: str

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation that must not fail; `$id` is the organization."""
        headers = {"Authorization": f"Bearer {self.secret}"}
        transport = HTTPXTransport(url=f"{self.url}/graphql", headers=headers)
        request = gql(query)
        request.variable_values = variables or {"id": self.organization_id}
        with Client(transport=transport) as session:
            data: dict[str, Any] = session.execute(request)
        return data

    def resolve(self, resolution: str) -> dict[str, Any]:
        """Decide about what the deprovision guard holds."""
        given = {"organizationId": self.organization_id, "resolution": resolution}
        payload: dict[str, Any] = self.ask(RESOLVE, input=given)["resolveDeprovisionGuard"]
        return payload


def administrator(resident: Resident) -> Administrator:
    """Somebody with every scope in the organization."""
    runner = resident.house.blocking
    command = CreateAccessToken(resident.organization_id, "end to end", ALL_SCOPES)
    token = runner.run(runner.app.execute(command, factories.SYSTEM)).value
    organization_id = make_id(Kind.ORGANIZATION, None, resident.organization_id)
    return Administrator(resident.house.server.url, token.secret, organization_id)


def seen_by_an_administrator(resident: Resident) -> dict[str, Any]:
    """The organization as one GraphQL request shows it."""
    organization: dict[str, Any] = administrator(resident).ask(SEEN)["organization"]
    return organization
