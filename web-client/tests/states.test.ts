// Every route in every state, each of which the real server brings about.
import { beforeAll, describe, expect, test } from "vitest";
import { holdAnswers, openPage, settled, visit, withBrowser } from "./support/browser";
import { bareOrganization, breakReading, mend } from "./support/database";
import { type Organization, tokenWith } from "./support/organization";
import { hasState, type Ids, idsOf, ROUTES } from "./support/routes";
import { newStory, type Story } from "./support/story";

withBrowser();

const SCOPES = [
  "ORGANIZATION_READ",
  "MEMBERS_READ",
  "GROUPS_READ",
  "AUDIT_READ",
  "PROVISIONING_READ",
  "TOKENS_ADMIN",
];

let story: Story;
let bare: Organization;
let ids: Ids;

beforeAll(async () => {
  story = await newStory();
  ids = await idsOf(story);
  bare = await bareOrganization(`Bare ${process.pid}`);
});

const away = () => `/o/${story.slug}/settings/organization`;

test("every route says that it loads, then shows what it is about", async () => {
  const page = await openPage(story.token, away());
  await settled(page);
  for (const route of ROUTES) {
    const release = await holdAnswers(page);
    await visit(page, `/o/${story.slug}${route.path(ids)}`);
    if (route.name !== "organization") {
      await page.getByRole("status").getByText("Loading").first().waitFor({ state: "attached" });
    }
    await release();
    await page.getByText(route.shows).first().waitFor();
    await settled(page);
  }
});

test("every route that can be empty says what to do next", async () => {
  const page = await openPage(bare.token, `/o/${bare.slug}/settings/tokens`);
  await settled(page);
  for (const { empty } of ROUTES) {
    if (!hasState(empty)) continue;
    await visit(page, `/o/${bare.slug}${empty.path(ids)}`);
    const region = page.getByRole("region", { name: empty.says });
    await region.waitFor();
    expect((await region.textContent())?.length).toBeGreaterThan(empty.says.length + 20);
  }
});

test("every route that fails shows the id to quote, and works when tried again", async () => {
  const page = await openPage(story.token, away());
  await settled(page);
  await breakReading(story);
  try {
    for (const route of ROUTES.filter(({ name }) => name !== "organization")) {
      await visit(page, `/o/${story.slug}${route.path(ids)}`);
      const alert = page.getByRole("alert", { name: "This did not work" }).last();
      await alert.waitFor();
      expect(await alert.textContent()).toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    }
    await visit(page, `/o/${story.slug}/members/${ids.member}`);
    await page.getByRole("dialog").getByRole("alert").waitFor();
  } finally {
    await mend(story);
  }
  await page.getByRole("dialog").getByRole("button", { name: "Try again" }).click();
  await page.getByRole("dialog", { name: "Ada Byron" }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "Yara Costa" }).waitFor();
});

describe("without its permission", () => {
  const scopes = new Set(
    ROUTES.map(({ scope }) => scope).filter((scope) => typeof scope === "string"),
  );

  test.each([...scopes])("every route that needs %s names it", async (scope) => {
    const token = await tokenWith(
      story,
      SCOPES.filter((other) => other !== scope),
    );
    const page = await openPage(token, `/o/${story.slug}`);
    for (const route of ROUTES.filter((one) => one.scope === scope)) {
      await visit(page, `/o/${story.slug}${route.path(ids)}`);
      const alert = page.getByRole("alert", { name: "You may not see this" }).last();
      await alert.waitFor();
      expect(await alert.textContent()).toContain(scope);
      // Nor is anything offered that would be refused, the way here among it.
      const tabs = page.getByRole("navigation", { name: "Settings" });
      if ((await tabs.count()) > 0) {
        const ways = await tabs
          .getByRole("link")
          .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).pathname));
        expect(ways.length).toBeGreaterThan(0);
        expect(ways).not.toContain(new URL(page.url()).pathname);
      }
      expect(await page.getByRole("button", { name: /^(New|Make|Add|Invite)/ }).count()).toBe(0);
    }
  });
});

test("the way to the settings leads to what may be opened of them", async () => {
  const token = await tokenWith(story, ["ORGANIZATION_READ", "TOKENS_ADMIN"]);
  const page = await openPage(token, `/o/${story.slug}`);
  const way = page
    .getByRole("navigation", { name: "Pages" })
    .getByRole("link", { name: "Settings" });
  expect(await way.getAttribute("aria-current")).toBe(null);

  await way.click();
  await page.waitForURL(`**/o/${story.slug}/settings/sign-in`);
  expect(await way.getAttribute("aria-current")).toBe("page");

  await page.getByRole("link", { name: "Organization", exact: true }).click();
  const name = page.getByRole("textbox", { name: "Name" });
  await name.waitFor();
  expect(await way.getAttribute("aria-current")).toBe("page");
  expect(await name.isDisabled()).toBe(true);
});

test("every form shows both values when somebody else was faster, and lets choose", async () => {
  for (const { name, path, conflict } of ROUTES) {
    if (!hasState(conflict)) continue;
    const page = await openPage(story.token, `/o/${story.slug}${path(ids)}`);
    await settled(page);
    await conflict.open(page);
    await conflict.meanwhile(story, ids);
    await conflict.send(page);
    const alert = page.getByRole("alert").filter({ hasText: "Somebody else changed this" });
    await alert.waitFor();
    await alert.getByRole("cell", { name: conflict.theirs, exact: true }).first().waitFor();
    await alert.getByRole("cell", { name: conflict.yours, exact: true }).first().waitFor();
    await alert.getByRole("button", { name: "Use mine" }).click();
    await page.getByRole("status").getByText("Saved.").waitFor();
    expect(await alert.count(), name).toBe(0);
    await page.close();
  }
});
