// What keeps people out: nothing of it, on any route, in any look; and nothing beyond the window.
import { beforeAll, expect, test } from "vitest";
import {
  axeFindings,
  beyondWindow,
  openPage,
  settled,
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
