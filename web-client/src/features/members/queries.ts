// What the list of members and the drawer of one ask for.
import { graphql } from "../../graphql/graphql";

export const membersQuery = graphql(`
  query Members(
    $slug: String!, $filter: MemberFilter!, $order: MemberOrder!, $groupId: ID!, $inGroup: Boolean!,
    $groups: Boolean!, $first: Int, $after: String, $last: Int, $before: String
  ) {
    organization(by: { slug: $slug }) {
      id
      memberCounts { total staged invited accepted confirmed revoked }
      group(by: { id: $groupId }) @include(if: $inGroup) { id displayName }
      groups(first: 100, orderBy: { field: DISPLAY_NAME, direction: ASC }) @include(if: $groups) {
        nodes { id displayName }
        pageInfo { hasNextPage }
      }
      members(
        filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before
      ) {
        totalCount
        nodes { id version userName email displayName role status source updatedAt }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`);

export const memberQuery = graphql(`
  query Member(
    $slug: String!, $id: ID!, $asOf: DateTime,
    $groups: Boolean!, $timeline: Boolean!, $events: Boolean!
  ) {
    organization(by: { slug: $slug }) {
      id
      member(by: { id: $id }, asOf: $asOf) {
        id
        version
        userName
        email
        displayName
        givenName
        familyName
        externalId
        scimId
        profile
        role
        permissions
        status
        statusBeforeRevocation
        source
        createdAt
        updatedAt
        invitedAt
        acceptedAt
        confirmedAt
        revokedAt
        revocationReason
        actions {
          reinvite { allowed reason }
          revoke { allowed reason }
          restore { allowed reason }
          remove { allowed reason }
          changeRole { allowed reason }
        }
        groups(first: 100) @include(if: $groups) { nodes { id displayName source } }
        invitations(first: 10) {
          nodes { id sentTo state queuedAt sentAt expiresAt lastError }
        }
        timeline(first: 50) @include(if: $timeline) {
          nodes {
            __typename
            ... on AuditEvent {
              id summary occurredAt origin actorLabel
              changes { attribute before after }
              provisioningRequest { id }
            }
            ... on ProvisioningRequest {
              id method path receivedAt outcome statusCode detail
            }
          }
        }
        auditEvents(first: 50) @include(if: $events) {
          nodes {
            id summary occurredAt origin actorLabel
            changes { attribute before after }
          }
        }
      }
    }
  }
`);
