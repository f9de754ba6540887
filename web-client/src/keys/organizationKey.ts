// The organization's key, and how it is wrapped for one member after the other.
import { base64url, type CryptoKey, importJWK, type JWK } from "jose";
import type { KeyPair, PublicKey } from "./accountKeys";
import { CannotOpen, type Form, readHeader, seal, unseal } from "./compact";

export const AGREEMENT = "ECDH-ES+A256KW";
const KEY_BYTES = 32;

const WRAPPED: Form = {
  algorithm: AGREEMENT,
  headers: { kid: "string", org: "string", ver: "number", epk: "object" },
};

/** 256 bits that the server never sees, with the version they are known by. */
export interface OrganizationKey {
  /** UUID. */
  organizationId: string;
  version: number;
  secret: Uint8Array<ArrayBuffer>;
}

/** A random key; the first one has version 1. */
export function newOrganizationKey(organizationId: string, version: number): OrganizationKey {
  const secret = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return { organizationId, version, secret };
}

/** The key as a JWE that only the holder of the member's private key opens. */
export async function wrap(key: OrganizationKey, member: PublicKey): Promise<string> {
  const { kty, crv, x, y, kid } = member;
  const publicKey = (await importJWK({ kty, crv, x, y }, AGREEMENT)) as CryptoKey;
  const jwk: JWK = { kty: "oct", k: base64url.encode(key.secret) };
  return seal(jwk, publicKey, WRAPPED, { kid, org: key.organizationId, ver: key.version });
}

/** The key inside. Throws CannotOpen when it is for others. */
export async function unwrap(
  wrapped: string,
  pair: KeyPair,
  organizationId: string,
): Promise<OrganizationKey> {
  const { org, ver, kid } = readHeader(wrapped, WRAPPED);
  if (org !== organizationId) throw new CannotOpen("It is the key of another organization.");
  if (kid !== pair.kid) throw new CannotOpen("It was wrapped for another key pair.");
  const jwk = await unseal(wrapped, pair.privateKey, WRAPPED);
  if (jwk.kty !== "oct" || typeof jwk.k !== "string") {
    throw new CannotOpen("It holds no organization key.");
  }
  const secret = Uint8Array.from(base64url.decode(jwk.k));
  if (secret.length !== KEY_BYTES) throw new CannotOpen("It holds a key of another length.");
  return { organizationId, version: ver as number, secret };
}
