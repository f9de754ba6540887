import { CombinedError } from "urql";
import { expect, test } from "vitest";
import { problemOf, problemOfErrors } from "./errors";

test("a missing permission is named", () => {
  const told = { message: "This needs the scope AUDIT_READ.", extensions: { code: "FORBIDDEN" } };

  expect(problemOfErrors([told]).scope).toBe("AUDIT_READ");
  const meant = { ...told, extensions: { code: "FORBIDDEN", scope: "MEMBERS_READ" } };
  expect(problemOfErrors([meant])).toEqual({
    kind: "forbidden",
    message: "This needs the scope AUDIT_READ.",
    scope: "MEMBERS_READ",
  });
});

test("a fault of the server comes with the id to quote", () => {
  const told = { message: "Broken.", extensions: { code: "INTERNAL", correlationId: "0199-a" } };

  expect(problemOfErrors([told])).toEqual({
    kind: "failed",
    message: "Broken.",
    correlationId: "0199-a",
  });
});

test("no answer at all is no fault of the server", () => {
  const error = new CombinedError({ networkError: new TypeError("Failed to fetch") });

  expect(problemOf(error).kind).toBe("offline");
});

test("too much in too short a time passes by itself", () => {
  const told = {
    message: "Try again in 3 s.",
    extensions: { code: "RATE_LIMITED", retryAfter: 3 },
  };

  expect(problemOfErrors([told]).kind).toBe("busy");
});
