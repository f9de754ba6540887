// What the tabs of the settings ask for.
import { graphql } from "../../graphql/graphql";

export const provisioningQuery = graphql(`
  query Provisioning($slug: String!, $members: Boolean!) {
    organization(by: { slug: $slug }) {
      id
      scimConnection {
        id
        version
        enabled
        provider
        detectedProvider
        baseUrl
        health
        lastRequestAt
        settings {
          onProvision rehire omittedGroupMembers patchResponse strictMemberIds contentType
        }
        apiKeys {
          id kind name clientId hint createdAt lastUsedAt expiresAt
          workloadIdentity { issuer subject }
        }
        guard {
          state
          since
          held
          maxMembers
          maxPercent
          enabled
          heldItems(first: 50) @include(if: $members) {
            nodes { memberLabel action heldAt }
          }
        }
      }
    }
  }
`);

export const guideQuery = graphql(`
  query Guide($slug: String!) {
    organization(by: { slug: $slug }) {
      id
      scimConnection {
        id
        enabled
        provider
        detectedProvider
        baseUrl
        lastRequestAt
        apiKeys { id kind name hint expiresAt }
      }
      provisioningRequests(first: 1) { edges { cursor node { id receivedAt outcome statusCode } } }
    }
  }
`);

export const guideTail = graphql(`
  subscription GuideTail($organizationId: ID!, $filter: ProvisioningRequestFilter, $after: String) {
    provisioningRequests(organizationId: $organizationId, filter: $filter, after: $after) {
      cursor
      node { id receivedAt method path outcome statusCode }
    }
  }
`);

export const tokensQuery = graphql(`
  query Tokens($slug: String!, $first: Int, $after: String, $last: Int, $before: String) {
    organization(by: { slug: $slug }) {
      id
      accessTokens(first: $first, after: $after, last: $last, before: $before) {
        nodes { id name hint scopes createdAt expiresAt lastUsedAt revokedAt }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`);

export const organizationQuery = graphql(`
  query OrganizationSettings($slug: String!) {
    organization(by: { slug: $slug }) {
      id
      version
      name
      slug
      createdAt
      keyHandshake
      keyVersion
      seats { limit occupied }
      policies { allowedEmailDomains requireSso singleOrganization }
    }
  }
`);
