// What stands beside a field that was refused.
import { expect, test } from "vitest";
import { refusalAt } from "./change";

const refusal = (message: string, ...path: string[]) => ({ code: "INVALID", message, path });

test("a refusal stands at its field, in words without the API's name of it", () => {
  const refusals = [
    refusal("allowedEmailDomains must name domains.", "input", "policies", "allowedEmailDomains"),
    refusal("Another member has the same email; choose another.", "input", "email"),
  ];

  expect(refusalAt(refusals, "allowedEmailDomains")).toBe("It must name domains.");
  expect(refusalAt(refusals, "email")).toBe("Another member has the same email; choose another.");
  expect(refusalAt(refusals, "name")).toBeUndefined();
});
