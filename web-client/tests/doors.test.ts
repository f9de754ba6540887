// What invited and signed-out people see: every page, in every state and every look.
import type { Page, Route } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import {
  axeFindings,
  beyondWindow,
  holdAnswers,
  openAsStranger,
  settled,
  take,
  withBrowser,
} from "./support/browser";
import { breakReading, mend } from "./support/database";
import { browserOf, DOORS, type Door, type Guests, newGuests } from "./support/doors";
import { invitationLink } from "./support/people";

withBrowser();

let guests: Guests;

beforeAll(async () => {
  guests = await newGuests();
});

/** Closes the console, which forgets what it was told in this tab. */
async function leave(page: Page): Promise<void> {
  await page.evaluate(() => sessionStorage.clear());
  await page.goto("about:blank");
}

/** A bar at the top says so once an answer takes over a second, and not before. */
async function isSlow(page: Page): Promise<void> {
  const look = () =>
    page
      .getByRole("progressbar")
      .first()
      .evaluate((bar) => {
        const { opacity, animationDelay } = getComputedStyle(bar);
        return { opacity, animationDelay };
      });
  await expect.poll(look, { timeout: 5_000 }).toEqual({ opacity: "1", animationDelay: "1s" });
}

async function arrived(page: Page, door: Door): Promise<void> {
  await page.getByRole("heading", { name: door.shows }).first().waitFor();
  await settled(page);
  if (door.opens !== undefined) {
    await page.getByRole("button", { name: door.opens }).click();
    await page.getByRole("dialog").waitFor();
  }
}

/** Of a failure, for whoever runs the server. */
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;
const LOOKS = [
  ["light", { theme: "light", width: 1280 }],
  ["dark", { theme: "dark", width: 1280 }],
  ["narrow", { theme: "light", width: 320 }],
] as const;

test.each([...new Set(DOORS.map(({ by }) => by))])(
  "every page for the %s loads, and is open to everybody in each look",
  async (who) => {
    const page = await browserOf(guests, who);
    const found: string[] = [];
    for (const door of DOORS.filter(({ by }) => by === who)) {
      await leave(page);
      const release = await holdAnswers(page);
      await page.goto(door.path(guests));
      if (door.asks === true) {
        await page.getByRole("status").getByText("Loading").first().waitFor({ state: "attached" });
        await isSlow(page);
      }
      await release();
      await arrived(page, door);
      for (const [look, as] of LOOKS) {
        await take(page, as);
        const problems = [...(await axeFindings(page)), ...(await beyondWindow(page))];
        found.push(...problems.map((problem) => `${door.name}, ${look}: ${problem}`));
      }
    }
    expect(found).toEqual([]);
  },
);

test("every page that says there is nothing is one of these", () => {
  const names = DOORS.map(({ name }) => name);
  for (const { empty } of DOORS)
    if ("at" in empty) expect([...names, "itself"]).toContain(empty.at);
});

const ROLES = [...new Set(DOORS.map(({ by }) => by))];
const askedBy = (who: Door["by"]) => DOORS.filter(({ by, asks }) => by === who && asks === true);

test.each([
  ["the server is away", (route: Route) => route.abort()],
  [
    "a proxy alone answers",
    (route: Route) => route.fulfill({ status: 502, contentType: "text/html", body: "Bad gateway" }),
  ],
])("every page that asks says so while %s, and works when tried again", async (_, refuse) => {
  const found: string[] = [];
  for (const who of ROLES) {
    const page = await browserOf(guests, who);
    for (const door of askedBy(who)) {
      await leave(page);
      await page.route("**/graphql", refuse);
      await page.goto(door.path(guests));
      await page.getByRole("alert", { name: "The server does not answer" }).waitFor();
      found.push(...(await axeFindings(page)).map((finding) => `${door.name}: ${finding}`));
      await page.unroute("**/graphql", refuse);
      await page.getByRole("button", { name: "Try again" }).click();
      await arrived(page, door);
    }
  }
  expect(found).toEqual([]);
});

test.each(ROLES)("what fails inside shows the %s the id to quote, and works again", async (who) => {
  const page = await browserOf(guests, who);
  for (const door of askedBy(who)) {
    await leave(page);
    await breakReading(guests.organization);
    try {
      await page.goto(door.path(guests));
      if (door.readsOrganization) {
        const alert = page.getByRole("alert", { name: "This did not work" });
        await alert.waitFor();
        expect(await alert.textContent(), door.name).toMatch(ID);
      } else {
        await arrived(page, door);
      }
    } finally {
      await mend(guests.organization);
    }
    if (door.readsOrganization) {
      await page.getByRole("button", { name: "Try again" }).click();
      await arrived(page, door);
    }
  }
});

test("whoever comes too late asks for a new link, and it opens", async () => {
  const page = await openAsStranger(guests.expired);
  await page.getByRole("button", { name: "Send a new link" }).click();
  await page.getByText("a new link is on its way").waitFor();

  const { organization, expiredEmail } = guests;
  await expect
    .poll(() => invitationLink(organization, expiredEmail), { timeout: 20_000 })
    .not.toBe(guests.expired);
  const again = await openAsStranger(await invitationLink(organization, expiredEmail));
  await again.getByRole("heading", { name: `Join ${organization.name}` }).waitFor();
});
