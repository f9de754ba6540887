// What the accept page asks for and does.
import { graphql } from "../../graphql/graphql";

export const invitationQuery = graphql(`
  query Invitation($token: String!) {
    invitationPreview(token: $token) {
      problem
      organizationName
      organizationSlug
      email
      name
      expiresAt
      accountExists
      accountHasKeys
      keyHandshake
      requireSso
      signInProviders { id name startUrl }
    }
    signedInAs
    server { developmentMailbox }
  }
`);

export const acceptInvitation = graphql(`
  mutation AcceptInvitation($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) {
      changed
      errors { code message path }
      membership { organizationName organizationSlug memberUuid keyHandshake }
    }
  }
`);

export const requestNewLink = graphql(`
  mutation RequestNewLink($input: RequestNewInvitationLinkInput!) {
    requestNewInvitationLink(input: $input) { changed errors { code message path } }
  }
`);

export const requestSignIn = graphql(`
  mutation RequestSignIn($input: RequestSignInLinkInput!) {
    requestSignInLink(input: $input) { changed errors { code message path } }
  }
`);

export const leaveSession = graphql(`
  mutation LeaveSession {
    signOut { changed errors { code message path } }
  }
`);
