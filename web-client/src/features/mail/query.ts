// Mails that this server keeps instead of sending them.
import { graphql } from "../../graphql/graphql";

export const mailQuery = graphql(`
  query Mail($slug: String!, $first: Int, $after: String, $last: Int, $before: String) {
    organization(by: { slug: $slug }) {
      id
      developmentMails(first: $first, after: $after, last: $last, before: $before) {
        nodes { id kind sentTo subject text html link queuedAt }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`);
