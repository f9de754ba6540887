import { expect, test } from "vitest";
import { callHeaders, organizationIn, signInAddress } from "./client";

test("a call says which organization the address is about", () => {
  expect(callHeaders("/o/acme/members")).toEqual({
    "X-Rollcall": "1",
    "X-Rollcall-Organization": "acme",
  });
  expect(callHeaders("/sign-in")).toEqual({ "X-Rollcall": "1" });
  expect(organizationIn("/o/caf%C3%A9")).toBe("café");
});

test("whoever signs in comes back to where they were", () => {
  expect(signInAddress("/o/acme/members?status=STAGED")).toBe(
    "/sign-in?then=%2Fo%2Facme%2Fmembers%3Fstatus%3DSTAGED",
  );
});
