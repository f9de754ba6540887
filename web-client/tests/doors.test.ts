// What invited and signed-out people see: every page, in every state and every look.
import type { Page } from "playwright-core";
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

async function arrived(page: Page, door: Door): Promise<void> {
  await page.getByRole("heading", { name: door.shows }).first().waitFor();
  await settled(page);
  if (door.opens !== undefined) {
    await page.getByRole("button", { name: door.opens }).click();
    await page.getByRole("dialog").waitFor();
  }
}

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

test("what asks about the organization shows the id to quote, and works when tried again", async () => {
  const doors = DOORS.filter(({ name }) => ["accept", "expired", "membership"].includes(name));
  const pages: [Door, Page][] = [];
  for (const door of doors) pages.push([door, await browserOf(guests, door.by)]);
  await breakReading(guests.organization);
  try {
    for (const [door, page] of pages) {
      await leave(page);
      await page.goto(door.path(guests));
      const alert = page.getByRole("alert", { name: "This did not work" });
      await alert.waitFor();
      expect(await alert.textContent()).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    }
  } finally {
    await mend(guests.organization);
  }
  for (const [door, page] of pages) {
    await page.getByRole("button", { name: "Try again" }).click();
    await arrived(page, door);
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
