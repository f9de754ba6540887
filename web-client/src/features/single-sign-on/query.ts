// How members sign in through the organization's own provider.
import { graphql } from "../../graphql/graphql";

export const providersQuery = graphql(`
  query SingleSignOn($slug: String!) {
    organization(by: { slug: $slug }) {
      id
      version
      policies { requireSso }
      oidcProviders { id name issuer clientId trustEmail redirectUrl version }
    }
  }
`);

export const createProvider = graphql(`
  mutation CreateProvider($input: CreateOidcProviderInput!) {
    createOidcProvider(input: $input) {
      changed
      errors { code message path }
      oidcProvider { id version }
    }
  }
`);

export const updateProvider = graphql(`
  mutation UpdateProvider($input: UpdateOidcProviderInput!) {
    updateOidcProvider(input: $input) {
      changed
      errors { code message path }
      oidcProvider { id version }
    }
  }
`);

export const deleteProvider = graphql(`
  mutation DeleteProvider($input: DeleteOidcProviderInput!) {
    deleteOidcProvider(input: $input) { changed errors { code message path } }
  }
`);

export const requireSso = graphql(`
  mutation RequireSso($input: UpdateOrganizationInput!) {
    updateOrganization(input: $input) {
      changed
      errors { code message path }
      organization { id version policies { requireSso } }
    }
  }
`);
