// What the log of SCIM requests, its live tail and the drawer of one request ask for.
import { graphql } from "../../graphql/graphql";

const rowFragment = graphql(`
  fragment RequestRow on ProvisioningRequest {
    id
    receivedAt
    durationMs
    method
    path
    statusCode
    outcome
    scimType
    detail
    provider
    warnings
    changedAttributes
  }
`);

export const requestsQuery = graphql(
  `
  query Requests(
    $slug: String!, $filter: ProvisioningRequestFilter!,
    $first: Int, $after: String, $last: Int, $before: String
  ) {
    organization(by: { slug: $slug }) {
      id
      scimConnection { id enabled lastRequestAt baseUrl }
      provisioningRequests(
        filter: $filter, first: $first, after: $after, last: $last, before: $before
      ) {
        edges { cursor node { ...RequestRow } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`,
  [rowFragment],
);

export const requestsTail = graphql(
  `
  subscription RequestsTail(
    $organizationId: ID!, $filter: ProvisioningRequestFilter, $after: String
  ) {
    provisioningRequests(organizationId: $organizationId, filter: $filter, after: $after) {
      cursor
      node { ...RequestRow }
    }
  }
`,
  [rowFragment],
);

export const requestQuery = graphql(`
  query Request($id: ID!, $bodies: Boolean!, $audit: Boolean!, $members: Boolean!, $groups: Boolean!) {
    node(id: $id) {
      __typename
      id
      ... on ProvisioningRequest {
        receivedAt
        durationMs
        method
        path
        operation
        resourceType
        statusCode
        outcome
        scimType
        detail
        provider
        userAgent
        remoteIp
        warnings
        changedAttributes
        hints { text docsPath }
        requestBody @include(if: $bodies)
        responseBody @include(if: $bodies)
        subjectLabel
        subject {
          __typename
          ... on Member { id userName @include(if: $members) }
          ... on Group { id displayName @include(if: $groups) }
        }
        auditEvents(first: 20) @include(if: $audit) {
          nodes { id summary occurredAt changes { attribute before after } }
        }
      }
    }
  }
`);
