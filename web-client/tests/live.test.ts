// What happens shows up by itself: each row once, none left out, also after a pause.
import { expect, test } from "vitest";
import { openPage, settled, withBrowser } from "./support/browser";
import { newOrganization, type Organization, provision, scim } from "./support/organization";
import { logged } from "./support/story";

withBrowser();

const search = (organization: Organization, word: string) =>
  scim(organization, "GET", `/Users?filter=${encodeURIComponent(`userName eq "${word}"`)}`);

test("requests arrive from the first on, stop at a pause and are all there after it", async () => {
  const acme = await newOrganization("Live");
  const page = await openPage(acme.token, `/o/${acme.slug}/requests`);
  await page.getByRole("region", { name: "Waiting for the first call" }).waitFor();

  await search(acme, "one");
  await page.getByRole("link", { name: /"one"/ }).waitFor();
  await search(acme, "two");
  await page.getByRole("link", { name: /"two"/ }).waitFor();

  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("status").getByText("Paused").waitFor();
  for (const word of ["three", "four", "five"]) await search(acme, word);
  await logged(acme, "five");
  expect(await page.getByRole("link", { name: /"five"/ }).count()).toBe(0);

  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("link", { name: /"five"/ }).waitFor();
  const shown = await page.getByRole("link", { name: /userName eq/ }).allTextContents();
  expect(shown.map((text) => /"(\w+)"/.exec(text)?.[1])).toEqual([
    "five",
    "four",
    "three",
    "two",
    "one",
  ]);

  await page.reload();
  await settled(page);
  await page.getByRole("link", { name: /"five"/ }).waitFor();
  expect(await page.getByRole("link", { name: /userName eq/ }).count()).toBe(5);
});

test("tabs count along while members come", async () => {
  const acme = await newOrganization("Counted");
  const page = await openPage(acme.token, `/o/${acme.slug}/members`);
  const invited = page
    .getByRole("navigation", { name: "Members by status" })
    .getByRole("link", { name: /^Invited/ });
  await settled(page);
  const before = Number((await invited.textContent())?.replace(/\D/g, ""));

  await provision(acme, "ada@example.com", "Ada Byron");
  await provision(acme, "grace@example.com", "Grace Okoro");

  await invited.filter({ hasText: new RegExp(`Invited${before + 2}$`) }).waitFor();
});

test("a request about somebody who is gone by now still names them", async () => {
  const acme = await newOrganization("Gone");
  const id = await provision(acme, "ada@example.com", "Ada Byron");
  await scim(acme, "DELETE", `/Users/${id}`);
  const page = await openPage(acme.token, `/o/${acme.slug}/requests`);

  await page.getByRole("link", { name: "POST /Users" }).click();

  await page.getByText("ada@example.com (gone by now)").waitFor();
});

test("the guide turns green when the provider's first call arrives", async () => {
  const acme = await newOrganization("Guided");
  const page = await openPage(acme.token, `/o/${acme.slug}/settings/guide?provider=OKTA`);
  await page.getByText("Waiting for the first call").waitFor();
  await page.getByText(acme.scimUrl).first().waitFor();

  await search(acme, "test");

  await page.getByText("The provider reaches Rollcall").waitFor();
});

test("the guide does not take a call without a valid key for a connection", async () => {
  const acme = await newOrganization("Wrong key");
  const page = await openPage(acme.token, `/o/${acme.slug}/settings/guide?provider=OKTA`);
  await page.getByText("Waiting for the first call").waitFor();

  await scim({ ...acme, scimKey: "rck_wrong" }, "GET", "/Users");

  await page.getByText("The last call came without a valid key").waitFor();
  expect(await page.getByText("The provider reaches Rollcall").count()).toBe(0);

  await search(acme, "test");

  await page.getByText("The provider reaches Rollcall").waitFor();
});

test("the history grows while one looks", async () => {
  const acme = await newOrganization("History");
  const page = await openPage(acme.token, `/o/${acme.slug}/audit`);
  await settled(page);

  await provision(acme, "ada@example.com", "Ada Byron");

  await page.getByRole("cell", { name: /^SCIM invited ada@example.com/ }).waitFor();
  expect(await page.getByRole("cell", { name: /^SCIM invited ada@example.com/ }).count()).toBe(1);
});

test("a list of members stays as it is while others come, and shows them when asked", async () => {
  const acme = await newOrganization("Quiet");
  const page = await openPage(acme.token, `/o/${acme.slug}/members`);
  await settled(page);

  await provision(acme, "ada@example.com", "Ada Byron");
  await page.getByRole("status").getByText("1 member changed since this list was read.").waitFor();
  expect(await page.getByRole("link", { name: "Ada Byron" }).count()).toBe(0);

  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("link", { name: "Ada Byron" }).waitFor();
  await page.getByText("changed since this list was read").waitFor({ state: "detached" });
});
