// What can be set, as mutations.
import { graphql } from "../../graphql/graphql";

export const enableScim = graphql(`
  mutation EnableScim($input: EnableScimInput!) {
    enableScim(input: $input) {
      changed errors { code message path } apiKey scimConnection { id version }
    }
  }
`);

export const disableScim = graphql(`
  mutation DisableScim($input: DisableScimInput!) {
    disableScim(input: $input) {
      changed errors { code message path } scimConnection { id version }
    }
  }
`);

export const updateScimConnection = graphql(`
  mutation UpdateScimConnection($input: UpdateScimConnectionInput!) {
    updateScimConnection(input: $input) {
      changed errors { code message path } scimConnection { id version }
    }
  }
`);

export const resolveGuard = graphql(`
  mutation ResolveGuard($input: ResolveDeprovisionGuardInput!) {
    resolveDeprovisionGuard(input: $input) {
      changed errors { code message path } scimConnection { id version }
    }
  }
`);

export const createScimApiKey = graphql(`
  mutation CreateScimApiKey($input: CreateScimApiKeyInput!) {
    createScimApiKey(input: $input) {
      changed errors { code message path } apiKey clientId
    }
  }
`);

export const rotateScimApiKey = graphql(`
  mutation RotateScimApiKey($input: RotateScimApiKeyInput!) {
    rotateScimApiKey(input: $input) {
      changed errors { code message path } apiKey previousKeyExpiresAt
    }
  }
`);

export const revokeScimApiKey = graphql(`
  mutation RevokeScimApiKey($input: RevokeScimApiKeyInput!) {
    revokeScimApiKey(input: $input) { changed errors { code message path } }
  }
`);

export const createAccessToken = graphql(`
  mutation CreateAccessToken($input: CreateAccessTokenInput!) {
    createAccessToken(input: $input) {
      changed errors { code message path } secret accessToken { id name }
    }
  }
`);

export const revokeAccessToken = graphql(`
  mutation RevokeAccessToken($input: RevokeAccessTokenInput!) {
    revokeAccessToken(input: $input) {
      changed errors { code message path } accessToken { id }
    }
  }
`);

export const updateOrganization = graphql(`
  mutation UpdateOrganization($input: UpdateOrganizationInput!) {
    updateOrganization(input: $input) {
      changed errors { code message path } organization { id version }
    }
  }
`);
