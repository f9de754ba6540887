// @vitest-environment node
// The browser's keys and the server's are the same bytes: each side opens what the other made.
// `WRITE_VECTORS=1 npx vitest run src/keys` writes what the browser makes anew, for Python's tests.
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { newAccountKeys, type PublicKey, readPublicKey, unlock } from "./accountKeys";
import { memberFingerprint, organizationFingerprint } from "./fingerprint";
import { newOrganizationKey, unwrap, wrap } from "./organizationKey";

const FOLDER = new URL("../../../tests/vectors/", import.meta.url);
const FROM_BROWSER = new URL("handshake-browser.json", FOLDER);

interface Vectors {
  organizationId: string;
  organizationKeys: { version: number; jwk: { kty: string; k: string }; fingerprint: string }[];
  members: {
    memberId: string;
    passphrase: string;
    publicKey: PublicKey;
    encryptedPrivateKey: string;
    fingerprint: string;
    wrappedOrganizationKeys: string[];
  }[];
}

if (process.env.WRITE_VECTORS === "1") {
  writeFileSync(FROM_BROWSER, `${asciiJson(await made())}\n`);
}

describe.each(["handshake.json", "handshake-browser.json"])("%s", (file) => {
  const vectors: Vectors = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));

  it.concurrent.each(vectors.members)("member $memberId reaches the keys", async (member) => {
    const pair = await unlock(member.encryptedPrivateKey, member.passphrase);
    const words = await memberFingerprint(pair.kid, member.memberId);
    const keys = await Promise.all(
      member.wrappedOrganizationKeys.map((one) => unwrap(one, pair, vectors.organizationId)),
    );

    expect(await readPublicKey(member.publicKey)).toEqual(member.publicKey);
    expect(pair.kid).toBe(member.publicKey.kid);
    expect(pair.privateKey.extractable).toBe(false);
    expect(words).toBe(member.fingerprint);
    for (const [place, key] of keys.entries()) {
      const expected = vectors.organizationKeys[place];
      expect(key.version).toBe(expected?.version);
      expect(Buffer.from(key.secret).toString("base64url")).toBe(expected?.jwk.k);
      expect(await organizationFingerprint(key)).toBe(expected?.fingerprint);
    }
  });

  it.concurrent("holds one passphrase in two spellings", async () => {
    const [, first, second] = vectors.members;
    if (first === undefined || second === undefined) throw new Error("There are three members.");

    expect(first.passphrase).not.toBe(second.passphrase);
    expect((await unlock(first.encryptedPrivateKey, second.passphrase)).kid).toBe(
      first.publicKey.kid,
    );
  });
});

async function made(): Promise<Vectors> {
  const organizationId = "01890a5d-ac96-774b-bcce-b302099a8057";
  const keys = [1, 2].map((version) => newOrganizationKey(organizationId, version));
  const passphrases = [
    "correct horse battery",
    "\u00e4hnlich wie gestern",
    "a\u0308hnlich wie gestern",
  ];
  return {
    organizationId,
    organizationKeys: await Promise.all(
      keys.map(async (key) => ({
        version: key.version,
        jwk: { kty: "oct", k: Buffer.from(key.secret).toString("base64url") },
        fingerprint: await organizationFingerprint(key),
      })),
    ),
    members: await Promise.all(
      passphrases.map(async (passphrase, place) => {
        const memberId = `01890a5d-ac96-774b-bcce-b302099a80${61 + place}`;
        const { publicKey, encryptedPrivateKey } = await newAccountKeys(passphrase);
        return {
          memberId,
          passphrase,
          publicKey,
          encryptedPrivateKey,
          fingerprint: await memberFingerprint(publicKey.kid, memberId),
          wrappedOrganizationKeys: await Promise.all(keys.map((key) => wrap(key, publicKey))),
        };
      }),
    ),
  };
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
