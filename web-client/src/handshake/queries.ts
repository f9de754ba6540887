// Who waits for a confirmation or for the key, and what hands it over.
import { graphql } from "../graphql/graphql";

/** Of the caller: what opens the organization's key. */
export const holderFields = graphql(`
  fragment Holder on Viewer @_unmask {
    account {
      id
      publicKey
      encryptedPrivateKey
      memberships {
        organizationSlug
        organizationUuid
        keyState
        keyVersion
        wrappedOrganizationKey
      }
    }
  }
`);

export const waitingFields = graphql(`
  fragment Waiting on PendingConfirmationConnection @_unmask {
    nodes {
      reason
      acceptedAt
      publicKey
      member { id scimId displayName userName email }
    }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
`);

export const waitingQuery = graphql(
  `
    query Waiting($slug: String!, $filter: PendingConfirmationFilter, $first: Int, $after: String) {
      organization(by: { slug: $slug }) {
        id
        pendingConfirmations(filter: $filter, first: $first, after: $after) { ...Waiting }
      }
    }
  `,
  [waitingFields],
);

// Asks for no member: a page that lists them would be asked anew after each part of a long run.
export const confirmMembers = graphql(`
  mutation ConfirmMembers($input: BulkConfirmMembersInput!) {
    bulkConfirmMembers(input: $input) {
      errors { code message path }
      results { memberId changed errors { code message path } }
    }
  }
`);
