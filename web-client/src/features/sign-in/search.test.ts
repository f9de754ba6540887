// Where signing in may lead.
import { expect, test } from "vitest";
import { localPath, signInSearch } from "./search";

test.each([
  ["/o/acme/members?status=INVITED", "/o/acme/members?status=INVITED"],
  ["/", "/"],
  ["https://elsewhere.example/", "/"],
  ["//elsewhere.example/", "/"],
  ["/\\elsewhere.example/", "/"],
  ["javascript:alert(1)", "/"],
  ["membership", "/"],
  [undefined, "/"],
])("%s leads to %s", (then, path) => {
  expect(localPath(then)).toBe(path);
});

test("the address says what is known, and nothing else", () => {
  expect(signInSearch({ organization: "acme", problem: "denied", other: "x" })).toEqual({
    organization: "acme",
    problem: "denied",
  });
});
