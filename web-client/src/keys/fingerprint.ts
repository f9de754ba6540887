// Six words by which people compare keys, by telephone or face to face.
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { base64url } from "jose";
import type { OrganizationKey } from "./organizationKey";

const WORDS = 6;
const BITS_A_WORD = 11;
const DERIVED_BITS = 72;

/** Of a member's public key, by its RFC 7638 thumbprint in base64url and the member's UUID. */
export function memberFingerprint(thumbprint: string, memberUuid: string): Promise<string> {
  return phrase(Uint8Array.from(base64url.decode(thumbprint)), memberUuid);
}

/** Of the organization's key: the same for everyone who holds it. */
export async function organizationFingerprint(key: OrganizationKey): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", key.secret);
  return phrase(new Uint8Array(digest), key.organizationId);
}

/** As many words by chance, of 11 bits each: a passphrase that nobody else has. */
export function chanceWords(count: number): string {
  const drawn = crypto.getRandomValues(new Uint16Array(count));
  // 2048 divides 65536: every word is as likely as any other.
  return [...drawn].map((number) => wordlist[number % wordlist.length]).join(" ");
}

async function phrase(digest: Uint8Array<ArrayBuffer>, uuid: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", digest, "HKDF", false, ["deriveBits"]);
  const derived = await crypto.subtle.deriveBits(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: new TextEncoder().encode(uuid),
    },
    key,
    DERIVED_BITS,
  );
  const bits = [...new Uint8Array(derived)]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  const places = Array.from({ length: WORDS }, (_, place) =>
    Number.parseInt(bits.slice(place * BITS_A_WORD, (place + 1) * BITS_A_WORD), 2),
  );
  return places.map((place) => wordlist[place]).join(" ");
}
