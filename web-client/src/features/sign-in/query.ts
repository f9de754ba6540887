// What the sign-in page asks for and does.
import { graphql } from "../../graphql/graphql";

export const signInQuery = graphql(`
  query SignIn($organization: String!, $ofOrganization: Boolean!) {
    server { version developmentMailbox }
    signedInAs
    signInProviders(organization: $organization) @include(if: $ofOrganization) {
      id
      name
      startUrl
    }
  }
`);

export const requestLink = graphql(`
  mutation RequestLink($input: RequestSignInLinkInput!) {
    requestSignInLink(input: $input) { changed errors { code message path } }
  }
`);

export const redeemLink = graphql(`
  mutation RedeemLink($input: RedeemSignInLinkInput!) {
    redeemSignInLink(input: $input) { changed errors { code message path } }
  }
`);
