import { expect, test } from "vitest";
import { shortPath } from "./requestPath";

const BASE = "/v2/01a222dd-8bf7-7486-a7e8-bd915edb37e1";

test("a path is shown from where it differs, in readable letters", () => {
  expect(shortPath(`${BASE}/Users?filter=userName+eq+%22ada@example.com%22`)).toBe(
    '/Users?filter=userName eq "ada@example.com"',
  );
  expect(shortPath(BASE)).toBe("/");
});

test("what is no path of ours, or not encoded well, stays as it came", () => {
  expect(shortPath("/v2/Users")).toBe("/v2/Users");
  expect(shortPath(`${BASE}/Users?filter=%zz`)).toBe("/Users?filter=%zz");
});
