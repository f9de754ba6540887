// Whether the caller holds the organization's key, and opens it where they do.
import type { ResultOf } from "../graphql/graphql";
import type { KeyPair } from "../keys/accountKeys";
import { type OrganizationKey, unwrap } from "../keys/organizationKey";
import type { holderFields } from "./queries";
import { kidOf } from "./useUnlocked";

type Viewer = ResultOf<typeof holderFields>;

export interface Holder {
  kid: string;
  /** JWK. */
  publicKey: unknown;
  encryptedPrivateKey: string;
  organizationUuid: string;
  keyVersion: number;
  /** Null while nobody handed the key over. */
  wrapped: string | null;
}

/** Why the caller cannot hand the key on. */
export type Lack = "token" | "keys" | "handover";

/** What is at hand for an organization: the caller's keys, or what is missing. */
export function holderIn(viewer: Viewer, slug: string): Holder | Lack {
  const { account } = viewer;
  if (account === null) return "token";
  const membership = account.memberships.find((one) => one.organizationSlug === slug);
  if (membership === undefined) return "token";
  const kid = kidOf(account.publicKey);
  if (kid === undefined || account.encryptedPrivateKey === null) return "keys";
  const { organizationUuid, keyVersion, keyState, wrappedOrganizationKey } = membership;
  return {
    kid,
    publicKey: account.publicKey,
    encryptedPrivateKey: account.encryptedPrivateKey,
    organizationUuid,
    keyVersion,
    wrapped: keyState === "MISSING" || keyState === "STALE" ? null : wrappedOrganizationKey,
  };
}

/** The organization's key. Throws CannotOpen when what was handed over is not for the pair. */
export function openKey(holder: Holder, pair: KeyPair): Promise<OrganizationKey> {
  return unwrap(holder.wrapped ?? "", pair, holder.organizationUuid);
}
