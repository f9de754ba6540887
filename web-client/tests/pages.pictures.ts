// Takes a picture of every page in both looks, and narrow: for the documentation and to look at.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, test } from "vitest";
import { openPage, settled, withBrowser } from "./support/browser";
import { foundOrganization } from "./support/organization";
import { withPalette } from "./support/palette";
import { acceptAs, invitationLink } from "./support/people";
import { type Ids, idsOf } from "./support/routes";
import { type Story, tell } from "./support/story";

withBrowser();

const FOLDER = join(import.meta.dirname, "../../docs/screenshots");
const LOOKS = [
  ["light", 1120, 700],
  ["dark", 1120, 700],
  ["narrow", 320, 800],
] as const;

let story: Story;
let ids: Ids;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  story = await tell(await foundOrganization("Northwind", "owner@northwind.example"));
  for (const email of ["yara.costa@example.com", "ravi.menon@example.com"]) {
    await acceptAs(await invitationLink(story, email));
  }
  ids = await idsOf(story);
});

const PAGES: Record<string, () => string> = {
  overview: () => "",
  confirmations: () => "/confirmations",
  mail: () => "/mail",
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
  "single-sign-on": () => "/settings/sign-in",
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
      writeFileSync(join(FOLDER, `${name}-${look}.png`), withPalette(await page.screenshot()));
    });
  }
}
