// Where the token of a link goes.
// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { forgetLinkToken, isWholeInvitation, linkToken, takeLinkToken } from "./linkToken";

beforeEach(() => {
  forgetLinkToken("inv");
  forgetLinkToken("sil");
});

test("an invitation leaves the address and is known until it is used up", () => {
  window.history.replaceState(null, "", "/accept?by=sso#inv_a_b_c");

  expect(takeLinkToken()).toBe(true);

  expect(window.location.href).toMatch(/\/accept\?by=sso$/);
  expect(linkToken("inv")).toBe("inv_a_b_c");
  expect(linkToken("sil")).toBeUndefined();
  forgetLinkToken("inv");
  expect(linkToken("inv")).toBeUndefined();
});

test("a sign-in link is kept nowhere but in memory", () => {
  window.history.replaceState(null, "", "/sign-in#sil_a_b");

  expect(takeLinkToken()).toBe(true);

  expect(window.location.hash).toBe("");
  expect(linkToken("sil")).toBe("sil_a_b");
  expect(JSON.stringify({ ...sessionStorage, ...localStorage })).not.toContain("sil_");
});

test("an invitation that was cut off is told from a whole one", () => {
  const id = "0123456789abcdef".repeat(2);
  const whole = `inv_${id}_${id}_${"a_-Z".repeat(10)}abc`;

  expect(isWholeInvitation(whole)).toBe(true);
  for (const cut of [
    whole.slice(0, -1),
    `${whole}a`,
    whole.slice(4),
    whole.toUpperCase(),
    "inv_0",
  ]) {
    expect(isWholeInvitation(cut)).toBe(false);
  }
});

test("any other fragment stays", () => {
  window.history.replaceState(null, "", "/accept#main");

  expect(takeLinkToken()).toBe(false);

  expect(window.location.hash).toBe("#main");
});
