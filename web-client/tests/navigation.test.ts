// Going from page to page asks the server once each time.
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { openPage, settled, visit, withBrowser } from "./support/browser";
import { type Ids, idsOf, ROUTES } from "./support/routes";
import { newStory, type Story } from "./support/story";

withBrowser();

let story: Story;
let ids: Ids;

beforeAll(async () => {
  story = await newStory();
  ids = await idsOf(story);
});

test("each navigation is one request", async () => {
  const page = await openPage(story.token, `/o/${story.slug}/settings/organization`);
  await settled(page);
  const asked: string[] = [];
  page.on("request", (request) => {
    const isTail = request.headers().accept?.includes("event-stream");
    if (request.url().endsWith("/graphql") && !isTail) {
      asked.push(String(request.postDataJSON().operationName));
    }
  });
  const counted: Record<string, string[]> = {};
  // The list stands behind the drawer of one of its rows: whoever opens that has it already.
  for (const route of ROUTES.filter(({ name }) => name !== "organization")) {
    asked.length = 0;
    await visit(page, `/o/${story.slug}${route.path(ids)}`);
    await page.getByText(route.shows).first().waitFor();
    await settled(page);
    counted[route.name] = [...asked];
  }

  expect(counted).toEqual({
    overview: ["Overview"],
    confirmations: ["Confirmations"],
    key: ["OrganizationKey"],
    mail: ["Mail"],
    "sign-in settings": ["SingleSignOn"],
    members: ["Members"],
    member: ["Member"],
    groups: ["Groups"],
    group: ["Group"],
    requests: ["Requests"],
    request: ["Request"],
    audit: ["Audit"],
    provisioning: ["Provisioning"],
    guide: ["Guide"],
    tokens: ["Tokens"],
  });
});

test("filters stand in the address, and the address brings them back", async () => {
  const page = await openPage(story.token, `/o/${story.slug}/members`);
  await page.getByRole("link", { name: /^Revoked/ }).click();
  await page.getByRole("searchbox", { name: "E-mail or name" }).fill("mei");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "Mei Tanaka" }).click();
  await page.getByRole("dialog", { name: "Mei Tanaka" }).waitFor();
  const address = new URL(page.url());
  expect(address.search).toBe("?status=REVOKED&search=mei");

  await page.reload();
  await page.getByRole("dialog", { name: "Mei Tanaka" }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("link", { name: "Mei Tanaka" }).waitFor();
  expect(await page.getByRole("row").count()).toBe(2);
  expect(new URL(page.url()).search).toBe("?status=REVOKED&search=mei");
});

test("whoever closes a drawer is back at the link that opened it, where it still is", async () => {
  const page = await openPage(story.token, `/o/${story.slug}`);
  const opened = [
    ["Members", "Yara Costa", "Escape"],
    ["Members", "Yara Costa", "Close"],
    ["Groups", "Engineering", "Escape"],
  ] as const;
  for (const [list, name, by] of opened) {
    await page.getByRole("link", { name: list, exact: true }).click();
    const link = page.getByRole("main").getByRole("link", { name });
    await link.click();
    await page.getByRole("dialog", { name }).waitFor();
    if (by === "Close") await page.getByRole("button", { name: by }).click();
    else await page.keyboard.press(by);
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => focusedText(page)).toBe(name);
  }
  // The list does not show who was opened by the address alone.
  await visit(page, `/o/${story.slug}/members/${ids.owner}?search=nobody`);
  await page.getByRole("dialog").getByText("Attributes").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await expect.poll(() => focusedText(page)).toBe("Members");
  // A tab is no drawer: the next page begins with its heading.
  await visit(page, `/o/${story.slug}/settings/guide`);
  await page.getByRole("link", { name: "Provisioning", exact: true }).click();
  await page.getByText("Provider and switches").waitFor();
  await expect.poll(() => focusedText(page)).toBe("Settings");
});

const focusedText = (page: Page) =>
  page.evaluate(() => document.activeElement?.textContent?.trim());
