// From `make run` alone: everything that somebody does who has never seen the console before.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAsStranger, withBrowser } from "./support/browser";
import { choosePassphrase, unlock, wordsOf } from "./support/keys";
import { rollcall, startServer } from "./support/world";

withBrowser();

let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  server = await startServer("run", { ROLLCALL_INVITATION_GRACE_SECONDS: "0" });
});
afterAll(() => server.stop());

/** The link that the server printed as it started. */
async function printedLink(): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    // The terminal's width may have broken it into lines.
    const found = /https?:\/\/\S+\/sign-in#sil_\S+/.exec(server.output());
    if (found !== null) return found[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No link was printed: ${server.output()}`);
}

async function go(page: Page, name: string): Promise<void> {
  await page
    .getByRole("navigation", { name: "Pages" })
    .getByRole("link", { name, exact: false })
    .click();
}

async function copied(page: Page, label: string): Promise<string> {
  await page.getByRole("button", { name: `Copy ${label}` }).click();
  return page.evaluate(() => navigator.clipboard.readText());
}

const JOURNEY_MS = 180_000; // it is long, and the machine may be busy

test("from the printed link to a member with the key, and to the history", {
  timeout: JOURNEY_MS,
}, async () => {
  // Sign in with the printed link.
  const page = await openAsStranger(await printedLink());
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();

  // `make run` had SCIM on already: turn it off, then on; copy address and key.
  await go(page, "Settings");
  await page.getByRole("button", { name: "Switch SCIM off" }).click();
  await page.getByLabel("Type demo to confirm").fill("demo");
  await page.getByRole("button", { name: "Switch off" }).click();
  await page.getByRole("button", { name: "Switch SCIM on" }).click();
  await page.getByRole("button", { name: "Switch SCIM off" }).waitFor();
  const address = await copied(page, "SCIM base URL");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("button", { name: "Make it" }).click();
  const key = await copied(page, "SCIM API key");
  await page.getByRole("button", { name: "Done" }).click();
  expect(address).toContain(`${server.url}/v2/`);
  expect(key).toMatch(/^\S{20,}$/);

  // Watch `make demo` arrive live.
  await go(page, "SCIM requests");
  await page.getByText("Live", { exact: true }).waitFor();
  rollcall(server, "demo");
  await page.getByRole("link", { name: "POST /Users" }).first().waitFor();

  // One call with the copied key is rejected; find out why.
  const twice = { userName: "grace@example.com", emails: [{ value: "grace@example.com" }] };
  const answers = [await scim(address, key, twice), await scim(address, key, twice)];
  expect(answers).toEqual([201, 409]);
  await page.getByRole("button", { name: "Rejected" }).click();
  const rejected = page.getByRole("row", { name: /409/ }).first();
  await rejected.getByRole("link", { name: "POST /Users" }).click();
  await page.getByRole("dialog").getByText("Why, and what to do").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();

  // See the new members.
  await go(page, "Members");
  await page.getByRole("link", { name: /grace/ }).first().waitFor();

  // A key for oneself, then for the organization.
  await go(page, "Confirmations");
  await page.getByRole("link", { name: "Organization key" }).click();
  await page.getByRole("link", { name: "Set up my key" }).click();
  await page.getByRole("button", { name: "Set up a key" }).click();
  await choosePassphrase(page.getByRole("dialog"));
  await page.getByRole("button", { name: "Make the key" }).click();
  await page.getByText("Your new key is set up.").waitFor();
  await page.getByRole("link", { name: "Open the console" }).click();
  await go(page, "Confirmations");
  await page.getByRole("link", { name: "Organization key" }).click();
  await page.getByRole("button", { name: "Create the organization's key" }).click();
  await page.getByRole("button", { name: "Hand over the key from now on" }).click();
  await page.getByRole("button", { name: "Only approve from now on" }).waitFor();

  // Accept an invitation from the development mailbox, in a second browser.
  await go(page, "Mail");
  await page.getByRole("link", { name: /to grace@example.com/ }).click();
  const link = await page.getByRole("link", { name: "Follow the link in it" }).getAttribute("href");
  const grace = await openAsStranger(link ?? "");
  await choosePassphrase(grace);
  await grace.getByRole("button", { name: "Accept the invitation" }).click();
  await grace.getByRole("heading", { name: /Welcome to/ }).waitFor();
  const hers = await wordsOf(grace, "Your six words");

  // Confirm her with the key.
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await go(page, "Confirmations");
  await page.getByRole("button", { name: "Compare the words of grace@example.com" }).click();
  expect(await wordsOf(page, "Their six words")).toEqual(hers);
  await page.getByRole("button", { name: "Same words: confirm" }).click();
  await unlock(page);
  await page.getByText("grace@example.com is confirmed.").waitFor();
  await grace.getByRole("link", { name: "See my membership" }).click();
  await grace.getByText("Key at hand").waitFor();

  // Revoke and restore.
  await go(page, "Members");
  await page.getByRole("searchbox").fill("grace");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: /grace/ }).first().click();
  const drawer = page.getByRole("dialog", { name: "grace@example.com" });
  await drawer.getByRole("button", { name: "Revoke" }).click();
  await page
    .getByRole("dialog", { name: /^Revoke/ })
    .getByRole("button", { name: "Revoke" })
    .click();
  await page.getByText("grace@example.com is revoked.").waitFor();
  await drawer.getByRole("button", { name: "Restore" }).click();
  await page
    .getByRole("dialog", { name: /^Restore/ })
    .getByRole("button", { name: "Restore" })
    .click();
  await page.getByText("grace@example.com is restored.").waitFor();
  await drawer.getByRole("button", { name: "Close" }).click();

  // Search the history, and take it along.
  await go(page, "Audit");
  await page.getByLabel("Action").selectOption("member.restored");
  await page.getByRole("row", { name: /restored the access of grace@example.com/ }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export JSONL" }).click(),
  ]);
  const exported = await streamed(download);
  expect(exported).toContain('"member.restored"');
  expect(exported).not.toContain(key);
});

async function scim(address: string, key: string, person: object): Promise<number> {
  const answer = await fetch(`${address}/Users`, {
    method: "POST",
    headers: { "Content-Type": "application/scim+json", Authorization: `Bearer ${key}` },
    body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], ...person }),
  });
  return answer.status;
}

async function streamed(download: { createReadStream: () => Promise<AsyncIterable<Buffer>> }) {
  const parts: Buffer[] = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
