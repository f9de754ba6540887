// @vitest-environment node
// What is made here opens here, for whom it was made, and for nobody else.
import fc from "fast-check";
import { base64url } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { isLongEnough, type KeyPair, type NewKeys, newAccountKeys, unlock } from "./accountKeys";
import { CannotOpen } from "./compact";
import { chanceWords, memberFingerprint, organizationFingerprint } from "./fingerprint";
import { newOrganizationKey, type OrganizationKey, unwrap, wrap } from "./organizationKey";

const PASSPHRASE = "six words nobody else has said";
const ORGANIZATION = "01890a5d-ac96-774b-bcce-b302099a8057";
let keys: NewKeys;
let pair: KeyPair;
let others: NewKeys;

beforeAll(async () => {
  [keys, others] = await Promise.all([newAccountKeys(PASSPHRASE), newAccountKeys(PASSPHRASE)]);
  pair = await unlock(keys.encryptedPrivateKey, PASSPHRASE);
});

/** The JWE with another protected header. */
function headed(jwe: string, changed: Record<string, unknown>): string {
  const [head = "", ...rest] = jwe.split(".");
  const header = JSON.parse(new TextDecoder().decode(base64url.decode(head)));
  return [base64url.encode(JSON.stringify({ ...header, ...changed })), ...rest].join(".");
}

describe("an account's keys", () => {
  it("are locked with headers that the server asks for", () => {
    const [head = ""] = keys.encryptedPrivateKey.split(".");
    const header = JSON.parse(new TextDecoder().decode(base64url.decode(head)));

    expect(header).toEqual({
      alg: "PBES2-HS512+A256KW",
      enc: "A256GCM",
      cty: "jwk+json",
      kid: keys.publicKey.kid,
      p2c: 300_000,
      p2s: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  it("show nothing of the private half", () => {
    expect(Object.keys(keys.publicKey).sort()).toEqual(["crv", "kid", "kty", "x", "y"]);
  });

  it("do not open with another passphrase, or when altered", async () => {
    await expect(unlock(keys.encryptedPrivateKey, `${PASSPHRASE}.`)).rejects.toThrow(CannotOpen);
    const { kid } = others.publicKey;
    await expect(unlock(headed(keys.encryptedPrivateKey, { kid }), PASSPHRASE)).rejects.toThrow(
      CannotOpen,
    );
  });

  it.each([
    ["another count of rounds", { p2c: 310_000 }, "another p2c"],
    ["a count that would take for ever", { p2c: 2 ** 31 }, "another p2c"],
    ["a header of its own", { zip: "DEF" }, "header zip"],
    ["no kid", { kid: undefined }, "no kid"],
  ])("are refused with %s", async (_, changed, why) => {
    await expect(unlock(headed(keys.encryptedPrivateKey, changed), PASSPHRASE)).rejects.toThrow(
      why,
    );
  });

  it("are not made with a short passphrase", async () => {
    await expect(newAccountKeys("thirteen chars".slice(1))).rejects.toThrow(RangeError);
    expect(isLongEnough("🜁".repeat(13))).toBe(false);
    expect(isLongEnough("🜁".repeat(14))).toBe(true);
  });
});

describe("an organization's key", () => {
  it("opens for whom it was wrapped, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uuid(),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        async (bytes, organizationId, version) => {
          const key: OrganizationKey = { organizationId, version, secret: Uint8Array.from(bytes) };
          const wrapped = await wrap(key, keys.publicKey);

          expect(await unwrap(wrapped, pair, organizationId)).toEqual(key);
          expect(wrapped.length).toBeLessThan(1024);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("opens for nobody else, for no other organization, and not when altered", async () => {
    const key = newOrganizationKey(ORGANIZATION, 3);
    const forOther = await wrap(key, others.publicKey);
    const own = await wrap(key, keys.publicKey);

    await expect(unwrap(forOther, pair, ORGANIZATION)).rejects.toThrow("another key pair");
    await expect(unwrap(headed(forOther, { kid: pair.kid }), pair, ORGANIZATION)).rejects.toThrow(
      CannotOpen,
    );
    await expect(unwrap(own, pair, ORGANIZATION.replace("0", "1"))).rejects.toThrow(
      "another organization",
    );
    await expect(unwrap(headed(own, { ver: 4 }), pair, ORGANIZATION)).rejects.toThrow(CannotOpen);
    await expect(unwrap("a.b.c", pair, ORGANIZATION)).rejects.toThrow("no compact JWE");
  });
});

describe("six words", () => {
  it("are six, from the list, and the same for the same key alone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.uuid(), async (one, other) => {
        fc.pre(one !== other);
        const words = await memberFingerprint(pair.kid, one);

        expect(words).toMatch(/^[a-z]+( [a-z]+){5}$/);
        expect(await memberFingerprint(pair.kid, one)).toBe(words);
        expect(await memberFingerprint(pair.kid, other)).not.toBe(words);
        expect(await memberFingerprint(others.publicKey.kid, one)).not.toBe(words);
      }),
      { numRuns: 20 },
    );
  });

  it("tell two keys of one organization apart", async () => {
    const [first, second] = await Promise.all(
      [1, 1].map((version) => organizationFingerprint(newOrganizationKey(ORGANIZATION, version))),
    );

    expect(first).not.toBe(second);
  });

  it("can be drawn by chance", () => {
    expect(chanceWords(6)).toMatch(/^[a-z]+( [a-z]+){5}$/);
    expect(chanceWords(6)).not.toBe(chanceWords(6));
  });
});
