// Takes a picture of every page in both looks, and narrow: for the documentation and to look at.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, test } from "vitest";
import { openPage, settled, withBrowser } from "./support/browser";
import { type Ids, idsOf } from "./support/routes";
import { newStory, type Story } from "./support/story";

withBrowser();

const FOLDER = process.env.ROLLCALL_PICTURES ?? join(import.meta.dirname, "output");
const LOOKS = [
  ["light", 1280, 800],
  ["dark", 1280, 800],
  ["narrow", 320, 800],
] as const;

let story: Story;
let ids: Ids;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  story = await newStory();
  ids = await idsOf(story);
});

const PAGES: Record<string, () => string> = {
  overview: () => "",
  members: () => "/members",
  member: () => `/members/${ids.member}`,
  groups: () => "/groups",
  group: () => `/groups/${ids.group}`,
  requests: () => "/requests",
  request: () => `/requests/${ids.request}`,
  audit: () => "/audit",
  settings: () => "/settings",
  guide: () => "/settings/guide?provider=ENTRA_ID",
  tokens: () => "/settings/tokens",
  organization: () => "/settings/organization",
};

for (const [name, path] of Object.entries(PAGES)) {
  for (const [look, width, height] of LOOKS) {
    test(`${name}, ${look}`, async () => {
      const theme = look === "dark" ? "dark" : "light";
      const page = await openPage(story.token, `/o/${story.slug}${path()}`, {
        theme,
        width,
        height,
      });
      await settled(page);
      await page.screenshot({
        path: join(FOLDER, `${name}-${look}.png`),
        fullPage: look === "narrow",
      });
    });
  }
}
