// What a person sees of themselves, and does about it.
import { graphql } from "../../graphql/graphql";

export const membershipQuery = graphql(`
  query MyMembership {
    viewer {
      account {
        id
        email
        name
        publicKey
        encryptedPrivateKey
        memberships {
          organizationId
          organizationUuid
          organizationName
          organizationSlug
          memberUuid
          status
          role
          scopes
          keyHandshake
          keyVersion
          keyState
          wrappedOrganizationKey
        }
      }
      sessions { id createdAt lastSeenAt userAgent ip method current }
    }
  }
`);

export const setKeys = graphql(`
  mutation SetKeys($input: SetAccountKeysInput!) {
    setAccountKeys(input: $input) {
      changed
      errors { code message path }
      account { id publicKey }
    }
  }
`);

export const endSession = graphql(`
  mutation EndSession($input: EndSessionInput!) {
    endSession(input: $input) { changed errors { code message path } endedSessionId }
  }
`);

export const signOut = graphql(`
  mutation SignOut {
    signOut { changed errors { code message path } }
  }
`);
