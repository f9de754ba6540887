// @vitest-environment happy-dom
// The tests that go through all pages, for axe and for every state, know each address of the router.
import { expect, test } from "vitest";
import { DOORS, type Guests } from "../tests/support/doors";
import { ROUTES } from "../tests/support/routes";
import { createConsoleRouter } from "./router";

const IDS = {
  owner: "$member",
  member: "$member",
  group: "$group",
  ownGroup: "$group",
  request: "$request",
};
/** Every link leads to the page that accepts. */
const GUESTS = new Proxy({} as Guests, {
  get: (_, name) => (name === "organization" ? { slug: "acme" } : "/accept#inv_0"),
});

test("every address of the console is gone through by the tests of all pages", () => {
  const tried = [
    ...ROUTES.map(({ path }) => `/o/$organization${path(IDS)}`),
    ...DOORS.map(({ path }) => new URL(path(GUESTS), "http://console.test").pathname),
  ];
  const addresses = Object.keys(createConsoleRouter().routesByPath);

  expect(addresses.length).toBeGreaterThan(10);
  const untried = addresses.filter((address) => !tried.includes(address.replace(/(.)\/$/, "$1")));
  expect(untried).toEqual([]);
});
