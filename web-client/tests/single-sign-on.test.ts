// An organization's own sign-in: set up in the settings, and found on the sign-in page.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import {
  axeFindings,
  beyondWindow,
  openAsStranger,
  openPage,
  withBrowser,
} from "./support/browser";
import { type Provider, startProvider } from "./support/openid";
import { ask, newOrganization, provision, tokenWith } from "./support/organization";
import { invitationLink } from "./support/people";
import { rollcall } from "./support/world";

withBrowser();

test("a provider is added, changed by two at once, required, found at sign-in, and deleted", async () => {
  const acme = await newOrganization("Signers");
  const page = await openPage(acme.token, `/o/${acme.slug}/settings/sign-in`);
  await page.getByRole("heading", { name: "No provider yet" }).waitFor();
  await page.getByText("/sign-in/oidc/callback").waitFor();
  expect(await axeFindings(page)).toEqual([]);

  await page.getByRole("button", { name: "Add a provider" }).click();
  await page.getByLabel("Name").fill("Acme Okta");
  await page.getByLabel("Issuer").fill("http://login.example.com");
  await page.getByLabel("Client id").fill("rollcall");
  await page.getByLabel("Client secret").fill("a secret of the provider");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").getByText(/https/).first().waitFor();
  await page.getByLabel("Issuer").fill("https://login.example.com");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: /Acme Okta/ }).waitFor();
  expect(await page.content()).not.toContain("a secret of the provider");

  await page.getByRole("button", { name: "Change Acme Okta" }).click();
  await renameProvider(acme, "Acme Entra");
  await page.getByLabel("Name").fill("Acme Sign-in");
  await page.getByRole("button", { name: "Save" }).click();
  const conflict = page.getByRole("alert");
  await conflict.getByText("Acme Entra").waitFor();
  await conflict.getByText("Acme Sign-in").waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await conflict.getByRole("button", { name: "Use mine" }).click();
  await page.getByRole("row", { name: /Acme Sign-in/ }).waitFor();

  await page.getByLabel("Members sign in through the provider only").click();
  await page.getByText("Saved.").first().waitFor();

  const stranger = await openAsStranger("/sign-in", { theme: "dark", width: 320 });
  await stranger.getByLabel("Short name of your organization").fill(acme.slug);
  await stranger.getByRole("button", { name: "Go on" }).click();
  const way = stranger.getByRole("link", { name: "Sign in with Acme Sign-in" });
  expect(await way.getAttribute("href")).toMatch(/\/sign-in\/oidc\/idp_\w+\?then=%2F$/);
  expect(await axeFindings(stranger)).toEqual([]);
  expect(await beyondWindow(stranger)).toEqual([]);
  await stranger.goto("/sign-in?problem=not_a_member");
  await stranger.getByText("You are no member of this organization").waitFor();

  await page.getByRole("button", { name: "Delete Acme Sign-in" }).click();
  await page.getByText("members cannot sign in at all").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "No provider yet" }).waitFor();
});

test("who may not read it is told the permission", async () => {
  const acme = await newOrganization("Closed");
  const token = await tokenWith(acme, ["MEMBERS_READ"]);
  const page = await openPage(token, `/o/${acme.slug}/settings/sign-in`);

  await page.getByText("ORGANIZATION_READ").waitFor();
});

test("an invited person accepts by the organization's own sign-in alone", async () => {
  const acme = await newOrganization("Own door");
  const email = `ida.${acme.slug}@example.com`;
  const provider = await startProvider(`${inject("server").url}/sign-in/oidc/callback`, email);
  try {
    await provision(acme, email, "Ida Holm");
    addProvider(acme, provider);
    await ask(
      acme.token,
      "mutation Require($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { errors { message } } }",
      { input: { organizationId: acme.id, policies: { requireSso: true } } },
    );

    const page = await openAsStranger(await invitationLink(acme, email));
    await page.getByRole("heading", { name: `Join ${acme.name}` }).waitFor();
    expect(await page.getByRole("button", { name: "Accept the invitation" }).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole("link", { name: "Sign in with Canaille" }).click();
    await page.waitForURL((url) => url.href.startsWith(provider.issuer));
    await page.getByRole("textbox", { name: "Login" }).fill(provider.login);
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Password" }).fill(provider.password);
    await page.keyboard.press("Enter");

    await page.getByRole("button", { name: "Accept the invitation" }).click();
    await page.getByRole("heading", { name: `Welcome to ${acme.name}` }).waitFor();
    await page.getByRole("link", { name: "See my membership" }).click();
    await page.getByText("Single sign-on").waitFor();
  } finally {
    provider.stop();
  }
});

/** As an operator does it: on this machine the provider is one that nobody else may name. */
function addProvider({ slug }: { slug: string }, provider: Provider): void {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-secret-"));
  try {
    const secret = join(folder, "client-secret");
    writeFileSync(secret, provider.clientSecret);
    const client = ["--client-id", provider.clientId, "--client-secret-file", secret];
    const named = ["-o", slug, "--name", "Canaille", "--issuer", provider.issuer];
    rollcall(inject("server"), "oidc", "add", ...named, ...client, "--trust-email");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What another administrator does meanwhile. */
async function renameProvider(
  { id, token }: { id: string; token: string },
  name: string,
): Promise<void> {
  const { organization } = await ask<{ organization: { oidcProviders: { id: string }[] } }>(
    token,
    "query Providers($id: ID!) { organization(by: { id: $id }) { oidcProviders { id } } }",
    { id },
  );
  await ask(
    token,
    "mutation Rename($input: UpdateOidcProviderInput!) { updateOidcProvider(input: $input) { changed } }",
    { input: { oidcProviderId: organization.oidcProviders[0]?.id, name } },
  );
}
