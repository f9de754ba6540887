import { expect, test } from "vitest";
import { short } from "./JsonDiff";
import { said } from "./When";

test("an instant is said as the reader's clock has it", () => {
  expect(short("2026-11-28T20:11:47.741980Z")).toBe(said("2026-11-28T20:11:47.741980Z"));
  expect(short("2026-11-28T20:11:47Z")).not.toContain("T");
});

test("of members that were added there is only the number", () => {
  expect(short(`3 sha256:${"a".repeat(64)}`)).toBe("3");
});

test("anything else stays as it is", () => {
  expect(short("2026-11-28")).toBe("2026-11-28");
  expect(short("ACCEPTED")).toBe("ACCEPTED");
});
