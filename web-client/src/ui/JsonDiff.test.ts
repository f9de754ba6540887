import { expect, test } from "vitest";
import { isTelling, short } from "./JsonDiff";
import { said } from "./When";

test("an instant is said as the reader's clock has it", () => {
  expect(short("2026-11-28T20:11:47.741980Z")).toBe(said("2026-11-28T20:11:47.741980Z"));
  expect(short("2026-11-28T20:11:47Z")).not.toContain("T");
});

test("of members that were added there is only the number", () => {
  expect(short(`3 sha256:${"a".repeat(64)}`)).toBe("3");
});

test("a list of words is read as one", () => {
  expect(short('["AUDIT_READ","GROUPS_READ"]')).toBe("AUDIT_READ, GROUPS_READ");
  expect(short('["one"]')).toBe("one");
  expect(short("[]")).toBe("[]");
  expect(short('[{"value":"x"}]')).toBe('[{"value":"x"}]');
});

test("what was not there before and is not now says nothing", () => {
  expect(isTelling({ name: "expiresAt", before: null, after: null })).toBe(false);
  expect(isTelling({ name: "expiresAt", before: "x", after: null })).toBe(true);
  expect(isTelling({ name: "expiresAt", before: null, after: "x" })).toBe(true);
  expect(isTelling({ name: "membersRemoved", before: null, after: "0 sha256:0" })).toBe(false);
});

test("anything else stays as it is", () => {
  expect(short("2026-11-28")).toBe("2026-11-28");
  expect(short("ACCEPTED")).toBe("ACCEPTED");
});
