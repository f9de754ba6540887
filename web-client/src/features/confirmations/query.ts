// What the confirmation queue asks for, in one go: who waits, and what the caller can open.
import { graphql } from "../../graphql/graphql";
import { holderFields, waitingFields } from "../../handshake/queries";

export const confirmationsQuery = graphql(
  `
    query Confirmations(
      $slug: String!
      $filter: PendingConfirmationFilter
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      organization(by: { slug: $slug }) {
        id
        keyHandshake
        keyVersion
        pendingConfirmations(
          filter: $filter
          first: $first
          after: $after
          last: $last
          before: $before
        ) {
          ...Waiting
        }
      }
      viewer { ...Holder }
    }
  `,
  [waitingFields, holderFields],
);
