import { expect, test } from "vitest";
import { defined, instantIn, parseSearch, stringifySearch, wordIn, wordsIn } from "./search";

test("a list stands in an address joined by commas, and comes back", () => {
  const address = stringifySearch({
    outcome: ["REJECTED", "FAILED"],
    search: "ada & co",
    empty: "",
  });

  expect(address).toBe("?outcome=REJECTED,FAILED&search=ada+%26+co");
  const raw = parseSearch(address);
  expect(wordsIn(raw, "outcome", ["APPLIED", "REJECTED", "FAILED"])).toEqual([
    "REJECTED",
    "FAILED",
  ]);
  expect(raw.search).toBe("ada & co");
});

test("no filter is no question mark", () => {
  expect(stringifySearch({ status: undefined, outcome: [] })).toBe("");
});

test("words that nobody knows, and instants that are none, are left out", () => {
  const raw = parseSearch("?status=NONSENSE&from=yesterday&to=2026-11-28T10:00:00.000Z");

  expect(wordIn(raw, "status", ["STAGED"])).toBeUndefined();
  expect(wordsIn(raw, "status", ["STAGED"])).toBeUndefined();
  expect(instantIn(raw, "from")).toBeUndefined();
  expect(instantIn(raw, "to")).toBe("2026-11-28T10:00:00.000Z");
});

test("an instant keeps its colons, for whoever reads the address", () => {
  expect(stringifySearch({ to: "2026-11-28T10:00:00.000Z" })).toBe("?to=2026-11-28T10:00:00.000Z");
});

test("what is undefined is no part of an object", () => {
  expect(Object.keys(defined({ one: 1, two: undefined }))).toEqual(["one"]);
});
