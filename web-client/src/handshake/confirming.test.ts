// @vitest-environment node
// Confirming one and many: each gets a key of their own, and each gets an answer.
import { beforeAll, expect, test } from "vitest";
import { type KeyPair, type NewKeys, newAccountKeys, unlock } from "../keys/accountKeys";
import { newOrganizationKey, unwrap } from "../keys/organizationKey";
import {
  confirmAll,
  confirmThese,
  type Item,
  PART,
  type RowResult,
  type WaitingMember,
} from "./confirming";

const ORGANIZATION = "01890a5d-ac96-774b-bcce-b302099a8057";
const PASSPHRASE = "six words nobody else has said";
const KEY = newOrganizationKey(ORGANIZATION, 2);
let keys: NewKeys;
let pair: KeyPair;

beforeAll(async () => {
  keys = await newAccountKeys(PASSPHRASE);
  pair = await unlock(keys.encryptedPrivateKey, PASSPHRASE);
});

function people(from: number, count: number): WaitingMember[] {
  return Array.from({ length: count }, (_, place) => ({
    memberId: `mem_${from + place}`,
    name: `Person ${from + place}`,
    publicKey: keys.publicKey,
  }));
}

/** A server that confirms everybody, but refuses those named, and counts its calls. */
function server(refused: Record<string, string> = {}) {
  const calls: Item[][] = [];
  const results: RowResult[] = [];
  return {
    calls,
    results,
    onResults: (some: RowResult[]) => results.push(...some),
    confirm: async (items: Item[]) => {
      calls.push(items);
      return items.map(({ memberId }) => ({
        memberId,
        changed: refused[memberId] === undefined,
        errors:
          refused[memberId] === undefined
            ? []
            : [{ code: refused[memberId], message: `Refused ${memberId}.` }],
      }));
    },
  };
}

test("each member is sent the key, wrapped for them", async () => {
  const { calls, confirm, onResults, results } = server();

  await confirmThese(people(1, 2), KEY, confirm, onResults);

  expect(calls).toHaveLength(1);
  const [first, second] = calls[0] ?? [];
  expect(first?.publicKeyThumbprint).toBe(keys.publicKey.kid);
  expect(await unwrap(first?.wrappedOrganizationKey ?? "", pair, ORGANIZATION)).toEqual(KEY);
  expect(second?.wrappedOrganizationKey).not.toBe(first?.wrappedOrganizationKey);
  expect(results).toEqual([
    { memberId: "mem_1", name: "Person 1", outcome: "confirmed" },
    { memberId: "mem_2", name: "Person 2", outcome: "confirmed" },
  ]);
});

test("without a key it is an approval, and nobody needs one", async () => {
  const { calls, confirm, onResults } = server();

  await confirmThese(
    [{ memberId: "mem_1", name: "A", publicKey: null }],
    undefined,
    confirm,
    onResults,
  );

  expect(calls).toEqual([[{ memberId: "mem_1" }]]);
});

test("who has no key is not sent, and is told about", async () => {
  const { calls, confirm, onResults, results } = server({ mem_2: "KEY_MISMATCH" });
  const waiting = [{ memberId: "mem_0", name: "Nobody", publicKey: null }, ...people(1, 2)];

  await confirmThese(waiting, KEY, confirm, onResults);

  expect(calls[0]?.map(({ memberId }) => memberId)).toEqual(["mem_1", "mem_2"]);
  expect(results.map(({ outcome, code }) => [outcome, code])).toEqual([
    ["refused", "KEY_REQUIRED"],
    ["confirmed", undefined],
    ["refused", "KEY_MISMATCH"],
  ]);
});

test("all pages are walked in parts, and a refused member is not tried twice", async () => {
  const { calls, confirm, onResults, results } = server({ mem_3: "POLICY" });
  const pages: Record<string, { waiting: WaitingMember[]; cursor: string | null }> = {
    "": { waiting: people(0, PART + 5), cursor: "a" },
    a: { waiting: people(100, 3), cursor: null },
  };
  const next = async (after: string | null) => pages[after ?? ""] ?? { waiting: [], cursor: null };

  await confirmAll({ next, confirm }, KEY, onResults, new AbortController().signal);

  expect(calls.map(({ length }) => length)).toEqual([PART, 5, 3]);
  expect(results).toHaveLength(PART + 8);
  expect(results.filter(({ outcome }) => outcome === "refused")).toEqual([
    {
      memberId: "mem_3",
      name: "Person 3",
      outcome: "refused",
      code: "POLICY",
      why: "Refused mem_3.",
    },
  ]);
});

test("a run that is stopped ends after the part it is at", async () => {
  const { calls, confirm, onResults, results } = server();
  const control = new AbortController();
  const next = async () => ({ waiting: people(0, PART * 3), cursor: "more" });

  await confirmAll(
    { next, confirm },
    undefined,
    (some) => {
      onResults(some);
      control.abort();
    },
    control.signal,
  );

  expect(calls).toHaveLength(1);
  expect(results).toHaveLength(PART);
});
