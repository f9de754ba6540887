// What keeps people out: nothing of it, on any route, in any look; and nothing beyond the window.
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import {
  axeFindings,
  beyondWindow,
  openPage,
  settled,
  take,
  visit,
  withBrowser,
} from "./support/browser";
import { type Ids, idsOf, ROUTES } from "./support/routes";
import { newStory, type Story } from "./support/story";

withBrowser();

let story: Story;
let ids: Ids;

beforeAll(async () => {
  story = await newStory();
  ids = await idsOf(story);
});

test.each([
  { look: "light", theme: "light", width: 1280 },
  { look: "dark", theme: "dark", width: 1280 },
  { look: "narrow", theme: "light", width: 320 },
] as const)("axe finds nothing on any route: $look", async ({ theme, width }) => {
  const page = await openPage(story.token, `/o/${story.slug}`, { theme, width });
  const found: string[] = [];
  for (const route of ROUTES) {
    await visit(page, `/o/${story.slug}${route.path(ids)}`);
    await page.getByText(route.shows).first().waitFor();
    await settled(page);
    for (const finding of await axeFindings(page)) found.push(`${route.name}: ${finding}`);
    for (const element of await beyondWindow(page)) {
      found.push(`${route.name} reaches beyond the window: ${element}`);
    }
  }
  expect(found).toEqual([]);
});

test("dialogs and forms are as open to everybody", async () => {
  const page = await openPage(story.token, `/o/${story.slug}/members`);
  await page.getByRole("button", { name: "Invite a member" }).click();
  await page.getByRole("dialog", { name: "Invite a member" }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).check();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").waitFor();
  expect(await axeFindings(page)).toEqual([]);
});

test("on a narrow screen each value that needs it has its column's name beside it", async () => {
  const page = await openPage(story.token, `/o/${story.slug}/settings`);
  await page.getByRole("row", { name: /API key/ }).waitFor();
  expect(await wordsOf(page)).not.toContain("Last used never");

  await take(page, { width: 320 });
  expect(await wordsOf(page)).toContain("Last used");
  expect(await wordsOf(page)).toContain("Ends never");
  // Who hears the page is told the column's name already, and not twice.
  await page.getByRole("cell", { name: "never", exact: true }).first().waitFor();
  await visit(page, `/o/${story.slug}/groups`);
  await page.getByText("Engineering").waitFor();
  expect(await wordsOf(page)).toContain("Members 3");
  await visit(page, `/o/${story.slug}/requests`);
  await page.getByText("409").waitFor();
  expect(await wordsOf(page)).toContain("Status 409");
});

/** What is seen of the rows of the page's table. */
async function wordsOf(page: Page): Promise<string> {
  const rows = await page.getByRole("table").getByRole("row").allInnerTexts();
  return rows.join(" ").replace(/\s+/g, " ");
}
