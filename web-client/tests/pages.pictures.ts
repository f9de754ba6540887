// Takes a picture of every page in both looks, and narrow: for the documentation and to look at.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, test } from "vitest";
import { openPage, withBrowser } from "./support/browser";
import { ask } from "./support/organization";
import { newStory, type Story } from "./support/story";

withBrowser();

const FOLDER = process.env.ROLLCALL_PICTURES ?? join(import.meta.dirname, "output");
const LOOKS = [
  ["light", 1280, 800],
  ["dark", 1280, 800],
  ["narrow", 320, 800],
] as const;

let story: Story;
const ids = { member: "", group: "", request: "" };

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  story = await newStory();
  const { organization } = await ask<{
    organization: {
      member: { id: string };
      group: { id: string };
      provisioningRequests: { nodes: { id: string }[] };
    };
  }>(
    story.token,
    `query Ids($id: ID!) {
      organization(by: { id: $id }) {
        member(by: { email: "ada.byron@example.com" }) { id }
        group(by: { displayName: "Engineering" }) { id }
        provisioningRequests(first: 1, filter: { outcome: [REJECTED] }) { nodes { id } }
      }
    }`,
    { id: story.id },
  );
  ids.member = organization.member.id;
  ids.group = organization.group.id;
  ids.request = organization.provisioningRequests.nodes[0]?.id ?? "";
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
      await page.getByRole("heading", { level: 1 }).or(page.getByRole("dialog")).first().waitFor();
      await page.waitForLoadState("load");
      await page.getByText("Loading").first().waitFor({ state: "detached" });
      await page.screenshot({
        path: join(FOLDER, `${name}-${look}.png`),
        fullPage: look === "narrow",
      });
    });
  }
}
