// A person's key pair: EC P-256, the private half locked with a passphrase.
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import { CannotOpen, type Form, readHeader, seal, unseal } from "./compact";
import { AGREEMENT } from "./organizationKey";

const CURVE = "P-256";
/** Of PBKDF2, exactly: the server takes no other count. */
export const ROUNDS = 300_000;
/** Characters; the server's side takes nothing shorter. */
export const MIN_PASSPHRASE = 14;

const LOCKED: Form = {
  algorithm: "PBES2-HS512+A256KW",
  headers: { kid: "string", p2s: "string", p2c: "number" },
  rounds: ROUNDS,
};

export interface PublicKey {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
  kid: string;
}

/** What is sent for a new pair: the public half as it is, the private one locked. */
export interface NewKeys {
  publicKey: PublicKey;
  encryptedPrivateKey: string;
}

/** A pair whose private half is at hand, but cannot be read out of the browser's keeping. */
export interface KeyPair {
  kid: string;
  privateKey: CryptoKey;
}

/** A new pair, locked with the passphrase. Throws RangeError when that is too short. */
export async function newAccountKeys(passphrase: string): Promise<NewKeys> {
  if (!isLongEnough(passphrase)) {
    throw new RangeError(`A passphrase has at least ${MIN_PASSPHRASE} characters.`);
  }
  const pair = await generateKeyPair(AGREEMENT, { crv: CURVE, extractable: true });
  const { d, ...jwk } = await exportJWK(pair.privateKey);
  const publicKey = await readPublicKey(jwk);
  const encryptedPrivateKey = await seal({ ...publicKey, d } as JWK, asKey(passphrase), LOCKED, {
    kid: publicKey.kid,
  });
  return { publicKey, encryptedPrivateKey };
}

/** The pair. Throws CannotOpen when the passphrase is another. */
export async function unlock(encryptedPrivateKey: string, passphrase: string): Promise<KeyPair> {
  const { kid } = readHeader(encryptedPrivateKey, LOCKED);
  const jwk = await unseal(encryptedPrivateKey, asKey(passphrase), LOCKED);
  const publicKey = await readPublicKey(jwk);
  if (publicKey.kid !== kid) throw new CannotOpen("It holds another pair than it says.");
  const privateKey = await importJWK(
    { kty: "EC", crv: CURVE, x: publicKey.x, y: publicKey.y, d: jwk.d } as JWK,
    AGREEMENT,
    { extractable: false },
  );
  if (privateKey instanceof Uint8Array) throw new CannotOpen("It holds no key pair.");
  return { kid: publicKey.kid, privateKey };
}

/** The public key in a JWK, named by its RFC 7638 thumbprint. Throws CannotOpen. */
export async function readPublicKey(jwk: unknown): Promise<PublicKey> {
  const { kty, crv, x, y } = (jwk ?? {}) as Record<string, unknown>;
  if (kty !== "EC" || crv !== CURVE || typeof x !== "string" || typeof y !== "string") {
    throw new CannotOpen("It holds no public key of ours.");
  }
  const kid = await calculateJwkThumbprint({ kty, crv, x, y });
  return { kty, crv, x, y, kid };
}

/** Whether a passphrase is long enough, in characters as people count them. */
export function isLongEnough(passphrase: string): boolean {
  return [...passphrase.normalize("NFC")].length >= MIN_PASSPHRASE;
}

function asKey(passphrase: string): Uint8Array<ArrayBuffer> {
  // One passphrase typed on two keyboards is one sequence of bytes (RFC 8265 §4.2).
  return new TextEncoder().encode(passphrase.normalize("NFC"));
}
