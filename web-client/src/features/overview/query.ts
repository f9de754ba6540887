// What the overview asks for; what the caller may not see is left out.
import { graphql } from "../../graphql/graphql";

export const overviewQuery = graphql(`
  query Overview(
    $slug: String!, $members: Boolean!, $seats: Boolean!, $scim: Boolean!, $audit: Boolean!
  ) {
    organization(by: { slug: $slug }) {
      id
      memberCounts @include(if: $members) { total staged invited accepted confirmed revoked }
      seats @include(if: $seats) { limit occupied }
      scimConnection @include(if: $scim) {
        id
        enabled
        provider
        detectedProvider
        health
        lastRequestAt
        guard { state held }
        activity(window: {}) { startsAt applied unchanged rejected failed }
      }
      auditEvents(first: 8) @include(if: $audit) {
        nodes { id action summary occurredAt origin }
      }
    }
  }
`);
