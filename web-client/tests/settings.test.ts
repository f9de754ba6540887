// Settings: provisioning switched on and off, keys shown once, tokens made and ended; the export.
import { expect, test } from "vitest";
import { openPage, settled, withBrowser } from "./support/browser";
import { bareOrganization } from "./support/database";
import { ask, newOrganization, type Organization, provision, scim } from "./support/organization";

withBrowser();

async function keysOf(organization: Organization): Promise<{ hint: string }[]> {
  const { organization: found } = await ask<{
    organization: { scimConnection: { apiKeys: { hint: string }[] } };
  }>(
    organization.token,
    "query Keys($id: ID!) { organization(by: { id: $id }) { scimConnection { apiKeys { hint } } } }",
    { id: organization.id },
  );
  return found.scimConnection.apiKeys;
}

test("SCIM is switched on: address and key are shown, and open the endpoint", async () => {
  const bare = await bareOrganization(`Switching ${process.pid}`);
  const page = await openPage(bare.token, `/o/${bare.slug}/settings`);
  await page.getByRole("button", { name: "Switch SCIM on" }).click();
  await page.getByText("Shown this once").waitFor();
  await page.getByRole("button", { name: "Copy SCIM base URL" }).click();
  const scimUrl = await page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("button", { name: /^Copy SCIM API key/ }).click();
  const scimKey = await page.evaluate(() => navigator.clipboard.readText());

  expect((await scim({ ...bare, scimUrl, scimKey }, "GET", "/Users")).status).toBe(200);

  await page.reload();
  await page.getByRole("region", { name: "Keys" }).waitFor();
  expect(await page.getByText(scimKey).count()).toBe(0);
});

test("SCIM is switched off only by who types the organization's short name", async () => {
  const acme = await newOrganization("Off");
  const page = await openPage(acme.token, `/o/${acme.slug}/settings`);
  await page.getByRole("button", { name: "Switch SCIM off" }).click();
  const dialog = page.getByRole("dialog", { name: "Switch SCIM off?" });
  expect(await dialog.getByRole("button", { name: "Switch off" }).isDisabled()).toBe(true);
  await dialog.getByRole("textbox", { name: `Type ${acme.slug} to confirm` }).fill(acme.slug);
  await dialog.getByRole("button", { name: "Switch off" }).click();
  await page.getByRole("button", { name: "Switch SCIM on" }).waitFor();

  expect((await scim(acme, "GET", "/Users")).status).toBe(401);
});

test("keys are rotated with an overlap, and ended one by one", async () => {
  const acme = await newOrganization("Keys");
  const page = await openPage(acme.token, `/o/${acme.slug}/settings`);
  await page.getByRole("button", { name: "Rotate" }).click();
  const dialog = page.getByRole("dialog", { name: "Rotate the API key" });
  await dialog.getByRole("combobox", { name: "Keys of now end" }).selectOption("in an hour");
  await dialog.getByRole("button", { name: "Rotate" }).click();
  await page.getByText("Shown this once").waitFor();
  await page.getByRole("button", { name: "Copy SCIM API key" }).click();
  const scimKey = await page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("button", { name: "Done" }).click();
  const both = [acme, { ...acme, scimKey }];
  for (const known of both) expect((await scim(known, "GET", "/Users")).status).toBe(200);

  const [old, made] = await keysOf(acme);
  await page.getByRole("link", { name: "Guide" }).click();
  await page.getByText(`the SCIM API key rck_…_${made?.hint}…`).waitFor();
  await page.getByRole("link", { name: "Provisioning" }).click();
  await page.getByRole("button", { name: `Revoke ${old?.hint}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("button", { name: `Revoke ${old?.hint}` }).waitFor({ state: "detached" });
  expect((await scim({ ...acme, scimKey }, "GET", "/Users")).status).toBe(200);
  expect((await keysOf(acme)).length).toBe(1);
});

test("keys are told apart by names, which none needs", async () => {
  const acme = await newOrganization("Names");
  const page = await openPage(acme.token, `/o/${acme.slug}/settings`);
  await page.getByRole("row", { name: /^no name API key rck/ }).waitFor();
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New key" });
  await dialog.getByRole("combobox").selectOption("OAuth client");
  await dialog.getByRole("textbox", { name: "Name" }).fill("x".repeat(101));
  await dialog.getByRole("button", { name: "Make it" }).click();
  await dialog.getByText("It must be at most 100 characters.").waitFor();
  await dialog.getByRole("textbox", { name: "Name" }).fill("Gallery app");
  await dialog.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("button", { name: "Copy Client secret" }).waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("row", { name: /^Gallery app OAuth client/ }).waitFor();

  await page.getByRole("button", { name: "Rotate" }).click();
  await page.getByRole("textbox", { name: "Name of the new key" }).fill("Okta, from June");
  await page.keyboard.press("Enter");
  await page.getByText("Shown this once").waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("row", { name: /^Okta, from June API key/ }).waitFor();
  await page.getByRole("link", { name: "Guide" }).click();
  await page.getByText(/the SCIM API key Okta, from June rck_/).waitFor();

  await page.getByRole("link", { name: "Provisioning" }).click();
  await page.getByRole("button", { name: "Revoke Gallery app" }).click();
  await page.getByRole("dialog").getByText("Gallery app").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("row", { name: /Gallery app/ }).waitFor({ state: "detached" });
});

test("a guard that is off does not claim to hold anything", async () => {
  const acme = await newOrganization("Unguarded");
  const page = await openPage(acme.token, `/o/${acme.slug}/settings`);
  await page.getByText("50 people or 10 in a hundred may lose access").waitFor();
  await ask(
    acme.token,
    `mutation Off($id: ID!) {
      updateScimConnection(input: { organizationId: $id, guardEnabled: false }) { changed }
    }`,
    { id: acme.id },
  );

  await page.reload();

  await page.getByText("Nothing is held, however many lose access").waitFor();
  expect(await page.getByText("may lose access by the provider").count()).toBe(0);
});

test("a token is made with what it may, shown once, and ended", async () => {
  const acme = await newOrganization("Tokens");
  const page = await openPage(acme.token, `/o/${acme.slug}/settings/tokens`);
  await page.getByRole("button", { name: "New token" }).click();
  const dialog = page.getByRole("dialog", { name: "New access token" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Dashboard");
  await dialog.getByRole("checkbox", { name: "See members and invitations" }).check();
  await dialog.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("button", { name: "Copy Access token" }).click();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("button", { name: "Done" }).click();
  const { viewer } = await ask<{ viewer: { scopes: string[] } }>(token, "{ viewer { scopes } }");
  expect(viewer.scopes).toEqual(["MEMBERS_READ"]);

  await page.getByRole("row", { name: /Dashboard.*See members and invitations/ }).waitFor();
  await page.getByRole("row", { name: /Everything/ }).waitFor();

  await page.getByRole("button", { name: "Revoke Dashboard" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("row", { name: /Dashboard.*Revoked/ }).waitFor();
});

test("the history is filtered, followed by its command, and exported", async () => {
  const acme = await newOrganization("Audit");
  await provision(acme, "ada@example.com", "Ada Byron");
  const page = await openPage(acme.token, `/o/${acme.slug}/audit`);
  await page.getByRole("combobox", { name: "Action" }).selectOption("member.invited");
  await page.getByRole("cell", { name: /^SCIM invited ada/ }).waitFor();
  await page
    .getByRole("cell", { name: /^rollcall command.* founded/ })
    .waitFor({ state: "detached" });
  expect(new URL(page.url()).search).toBe("?action=member.invited");
  await page.getByText("Verified").waitFor();

  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByRole("cell", { name: /^rollcall command.* founded/ }).waitFor();
  await page
    .getByRole("row", { name: /founded/ })
    .getByRole("link", { name: /^related/ })
    .click();
  await page.getByRole("cell", { name: /^SCIM invited ada/ }).waitFor({ state: "detached" });
  await settled(page);

  // The browser downloads without the header by which these tests sign in.
  const href = await page.getByRole("link", { name: "Export JSONL" }).getAttribute("href");
  const exported = await page.request.get(href ?? "", {
    headers: { Authorization: `Bearer ${acme.token}` },
  });
  const lines = (await exported.text()).trim().split("\n");
  expect(JSON.parse(lines[0] ?? "").action).toBe("organization.created");
  expect(lines.some((line) => JSON.parse(line).action === "member.invited")).toBe(true);
});
