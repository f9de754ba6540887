// Compact JWE (RFC 7516) with exactly the algorithms and headers of the handshake.
import { base64url, CompactEncrypt, type CryptoKey, compactDecrypt, type JWK } from "jose";

const ENCRYPTION = "A256GCM";
/** What is inside is a JWK (RFC 7517 §7). */
const CONTENT = "jwk+json";
const MAX_CHARACTERS = 4096;

// Sizes of the parts around the content: a wrapped 256-bit key, the nonce and tag of AES-GCM.
const ENCRYPTED_KEY_BYTES = 40;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The JWE is not of our form, was made for another key or passphrase, or was altered. */
export class CannotOpen extends Error {
  override name = "CannotOpen";
}

/** What the header of one kind of JWE holds besides `alg`, `enc` and `cty`. */
export interface Form {
  algorithm: string;
  headers: Readonly<Record<string, "string" | "number" | "object">>;
  /** Rounds of PBKDF2, exactly; where a passphrase is the key. */
  rounds?: number;
}

type Key = CryptoKey | Uint8Array<ArrayBuffer>;

/** The protected header, read without any key. */
export function readHeader(text: string, form: Form): Record<string, unknown> {
  if (text.length > MAX_CHARACTERS) throw new CannotOpen("It is too long.");
  const parts = text.split(".");
  const [head, key, nonce, content, tag] = parts.map(bytesOf);
  if (parts.length !== 5 || !head || !key || !nonce || !content || !tag) {
    throw new CannotOpen("It is no compact JWE.");
  }
  const header = objectIn(head);
  const expected: Record<string, unknown> = {
    alg: form.algorithm,
    enc: ENCRYPTION,
    cty: CONTENT,
    ...(form.rounds !== undefined && { p2c: form.rounds }),
  };
  for (const [name, value] of Object.entries(expected)) {
    if (header[name] !== value) throw new CannotOpen(`It has another ${name}.`);
  }
  for (const [name, kind] of Object.entries(form.headers)) {
    if (typeof header[name] !== kind) throw new CannotOpen(`It has no ${name}.`);
  }
  // `crit` and `zip` among others: nothing may change what the rest means.
  const stray = Object.keys(header).find((name) => !(name in expected || name in form.headers));
  if (stray !== undefined) throw new CannotOpen(`It has a header ${stray} that is not ours.`);
  const sizes = [key.length, nonce.length, tag.length].join();
  if (sizes !== [ENCRYPTED_KEY_BYTES, NONCE_BYTES, TAG_BYTES].join() || content.length === 0) {
    throw new CannotOpen("It has parts of another length.");
  }
  return header;
}

/** The JWK as a compact JWE for `key`. */
export function seal(
  jwk: JWK,
  key: Key,
  form: Form,
  headers: Record<string, unknown>,
): Promise<string> {
  const names = Object.entries(jwk).sort(([one], [other]) => (one < other ? -1 : 1));
  const sealed = new CompactEncrypt(
    new TextEncoder().encode(JSON.stringify(Object.fromEntries(names))),
  ).setProtectedHeader({ alg: form.algorithm, enc: ENCRYPTION, cty: CONTENT, ...headers });
  if (form.rounds !== undefined) sealed.setKeyManagementParameters({ p2c: form.rounds });
  return sealed.encrypt(key);
}

/** The JWK inside. Throws CannotOpen. */
export async function unseal(text: string, key: Key, form: Form): Promise<JWK> {
  readHeader(text, form);
  try {
    const { plaintext } = await compactDecrypt(text, key, {
      keyManagementAlgorithms: [form.algorithm],
      contentEncryptionAlgorithms: [ENCRYPTION],
      ...(form.rounds !== undefined && { maxPBES2Count: form.rounds }),
    });
    return objectIn(plaintext) as JWK;
  } catch {
    throw new CannotOpen("It was made for another key or passphrase, or was altered.");
  }
}

function objectIn(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CannotOpen("It holds no JSON object.");
  }
  return value as Record<string, unknown>;
}

function bytesOf(part: string): Uint8Array | undefined {
  try {
    return base64url.decode(part);
  } catch {
    return undefined;
  }
}
