"""What the demonstration shows at its end, asked over GraphQL as any client would."""

from __future__ import annotations

from typing import Any

from gql import Client, gql
from gql.transport.httpx import HTTPXAsyncTransport

QUERY = gql(
    """
    query Demo($slug: String!) {
      organization(by: { slug: $slug }) {
        name
        memberCounts { total staged invited accepted confirmed revoked }
        members(first: 12) {
          nodes { userName displayName status groups(first: 5) { nodes { displayName } } }
        }
        provisioningRequests(first: 12) {
          nodes { receivedAt method path statusCode outcome durationMs warnings }
        }
        auditEvents(first: 12) {
          nodes { position occurredAt action subjectLabel actorLabel }
        }
      }
    }
    """
)


async def ask(graphql_url: str, token: str, slug: str) -> dict[str, Any]:
    """The organization as GraphQL shows it. Raises what gql raises."""
    transport = HTTPXAsyncTransport(
        url=graphql_url, headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    async with Client(transport=transport) as session:
        answer = await session.execute(QUERY, variable_values={"slug": slug})
    organization: dict[str, Any] = answer["organization"]
    return organization
