// The organization's key: what is known of it, and what changes it.
import { graphql } from "../../graphql/graphql";
import { holderFields } from "../../handshake/queries";

export const keyQuery = graphql(
  `
    query OrganizationKey($slug: String!, $members: Boolean!) {
      organization(by: { slug: $slug }) {
        id
        version
        keyHandshake
        keyVersion
        pendingConfirmations(filter: { reason: REWRAP }, first: 1) @include(if: $members) {
          totalCount
        }
      }
      viewer { ...Holder }
    }
  `,
  [holderFields],
);

export const createKey = graphql(`
  mutation CreateKey($input: CreateOrganizationKeyInput!) {
    createOrganizationKey(input: $input) {
      changed
      errors { code message path }
      organization { id version keyVersion }
    }
  }
`);

export const rotateKey = graphql(`
  mutation RotateKey($input: CreateOrganizationKeyInput!) {
    rotateOrganizationKey(input: $input) {
      changed
      errors { code message path }
      organization { id version keyVersion }
    }
  }
`);

export const switchHandshake = graphql(`
  mutation SwitchHandshake($input: UpdateOrganizationInput!) {
    updateOrganization(input: $input) {
      changed
      errors { code message path }
      organization { id version keyHandshake }
    }
  }
`);
