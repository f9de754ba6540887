// What the history and its live tail ask for.
import { graphql } from "../../graphql/graphql";

const rowFragment = graphql(`
  fragment EventRow on AuditEvent {
    id
    position
    occurredAt
    action
    summary
    origin
    actorLabel
    actorIp
    subjectLabel
    correlationId
    changes { attribute before after }
  }
`);

export const auditQuery = graphql(
  `
  query Audit(
    $slug: String!, $filter: AuditEventFilter!,
    $first: Int, $after: String, $last: Int, $before: String
  ) {
    auditActions { action description }
    organization(by: { slug: $slug }) {
      id
      auditChain { position verifiedThrough verifiedAt brokenAt }
      auditEvents(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { ...EventRow } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`,
  [rowFragment],
);

export const auditTail = graphql(
  `
  subscription AuditTail($organizationId: ID!, $filter: AuditEventFilter, $after: String) {
    auditEvents(organizationId: $organizationId, filter: $filter, after: $after) {
      cursor
      node { ...EventRow }
    }
  }
`,
  [rowFragment],
);
