// Members: invited, changed, revoked, restored, one by one and many at once; their past.
import { expect, test } from "vitest";
import { openPage, settled, withBrowser } from "./support/browser";
import { ask, newOrganization, type Organization, provision, scim } from "./support/organization";
import { newStory } from "./support/story";

withBrowser();

interface Seen {
  userName: string;
  status: string;
  revocationReason: string | null;
}

async function membersOf(organization: Organization): Promise<Seen[]> {
  const { organization: found } = await ask<{ organization: { members: { nodes: Seen[] } } }>(
    organization.token,
    `query Seen($id: ID!) {
      organization(by: { id: $id }) {
        members(first: 100) { nodes { userName status revocationReason } }
      }
    }`,
    { id: organization.id },
  );
  return found.members.nodes;
}

test("somebody is invited, and a wrong address is explained at its field", async () => {
  const acme = await newOrganization("Inviting");
  const page = await openPage(acme.token, `/o/${acme.slug}/members`);
  await page.getByRole("button", { name: "Invite a member" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite a member" });
  await dialog.getByRole("textbox", { name: "E-mail" }).fill("nobody");
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await dialog
    .getByRole("textbox", { name: "E-mail" })
    .and(page.locator("[aria-invalid]"))
    .waitFor();
  await dialog.getByText("It must be an e-mail address").waitFor();
  expect((await membersOf(acme)).length).toBe(1);

  await dialog.getByRole("textbox", { name: "E-mail" }).fill("grace@example.com");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Grace Okoro");
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByRole("link", { name: "Grace Okoro" }).waitFor();

  const made = (await membersOf(acme)).find(({ userName }) => userName === "grace@example.com");
  expect(made?.status).toBe("INVITED");
});

test("somebody on the list is invited from the drawer, but not without an address", async () => {
  const acme = await newOrganization("Staging");
  await ask(
    acme.token,
    `mutation Stage($id: ID!) {
      updateScimConnection(input: { organizationId: $id, onProvision: STAGE }) { changed }
    }`,
    { id: acme.id },
  );
  await provision(acme, "ada@example.com", "Ada Byron");
  await scim(acme, "POST", "/Users", { userName: "grace.on.call" });
  const page = await openPage(acme.token, `/o/${acme.slug}/members`);
  await page.getByRole("row", { name: /grace\.on\.call none Staged/ }).waitFor();

  await page.getByRole("searchbox", { name: "E-mail or name" }).fill("grace.on");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "Ada Byron" }).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "grace.on.call" }).click();
  const unknown = page.getByRole("dialog", { name: "grace.on.call" });
  await unknown.getByText("Without an e-mail address nobody can be invited").waitFor();
  expect(await unknown.getByRole("button", { name: "Invite" }).isDisabled()).toBe(true);
  await unknown.getByRole("button", { name: "Close" }).click();

  await page.goto(`${page.url().split("?")[0]}`);
  await page.getByRole("link", { name: "Ada Byron" }).click();
  const drawer = page.getByRole("dialog", { name: "Ada Byron", exact: true });
  await drawer.getByRole("button", { name: "Invite" }).click();
  await page
    .getByRole("dialog", { name: "Invite: Ada Byron" })
    .getByRole("button", { name: "Invite" })
    .click();
  await drawer.getByRole("button", { name: "Invite again" }).waitFor();

  expect(await membersOf(acme)).toMatchObject([
    { userName: "grace.on.call", status: "STAGED" },
    { userName: "ada@example.com", status: "INVITED" },
    {},
  ]);
});

test("one member is revoked with a reason, and restored", async () => {
  const acme = await newOrganization("Revoking");
  await provision(acme, "ada@example.com", "Ada Byron");
  const page = await openPage(acme.token, `/o/${acme.slug}/members`);
  await page.getByRole("link", { name: "Ada Byron" }).click();
  const drawer = page.getByRole("dialog", { name: "Ada Byron", exact: true });
  await drawer.getByRole("button", { name: "Revoke" }).click();
  const dialog = page.getByRole("dialog", { name: "Revoke: Ada Byron" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("Left the company");
  await dialog.getByRole("button", { name: "Revoke" }).click();
  await drawer.getByText("Left the company").first().waitFor();
  const revoked = (await membersOf(acme)).find(({ userName }) => userName === "ada@example.com");
  expect(revoked).toEqual({
    userName: "ada@example.com",
    status: "REVOKED",
    revocationReason: "Left the company",
  });

  await drawer.getByRole("button", { name: "Restore" }).click();
  await page
    .getByRole("dialog", { name: "Restore: Ada Byron" })
    .getByRole("button", { name: "Restore" })
    .click();
  await drawer.getByRole("button", { name: "Revoke" }).waitFor();
  const restored = (await membersOf(acme)).find(({ userName }) => userName === "ada@example.com");
  expect(restored?.status).toBe("INVITED");
});

test("some are revoked at once, and each that could not be is named", async () => {
  const story = await newStory("Bulk");
  const page = await openPage(story.token, `/o/${story.slug}/members`);
  await page.getByRole("checkbox", { name: "Select ada.byron@example.com" }).check();
  await page.getByRole("checkbox", { name: "Select yara.costa@example.com" }).check();
  await page.getByRole("region", { name: "Selected rows" }).getByText("2 selected").waitFor();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog", { name: "Revoke: 2 members" }).getByText("Changed").waitFor();
  await page.getByRole("button", { name: "Close" }).click();

  const revoked = (await membersOf(story)).filter(({ status }) => status === "REVOKED");
  expect(revoked.map(({ userName }) => userName).sort()).toEqual([
    "ada.byron@example.com",
    "mei.tanaka@example.com",
    "yara.costa@example.com",
  ]);
});

test("all that match are removed in the background, after their number was typed", async () => {
  const acme = await newOrganization("Crowd");
  for (let number = 0; number < 55; number += 1) {
    await provision(acme, `crowd${number}@example.com`, `Crowd ${number}`);
  }
  const page = await openPage(acme.token, `/o/${acme.slug}/members?search=crowd`);
  await page.getByRole("checkbox", { name: "Select all rows of this page" }).check();
  await page.getByRole("button", { name: "All 55 that match" }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove 55 members?" });
  expect(await dialog.getByRole("button", { name: "Remove" }).isDisabled()).toBe(true);
  await dialog.getByRole("textbox", { name: "Type 55 to confirm" }).fill("55");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await page.getByText("Finished: 55 of 55 members").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("region", { name: "Nobody like that" }).waitFor();

  expect((await membersOf(acme)).length).toBe(1);
});

test("the members of a group are chosen by its name, or from the group itself", async () => {
  const story = await newStory("Grouped");
  const page = await openPage(story.token, `/o/${story.slug}/members`);
  await page.getByRole("combobox", { name: "Group" }).selectOption("Engineering");
  await page.getByRole("link", { name: "Yara Costa" }).waitFor({ state: "detached" });
  expect(await page.getByRole("link", { name: /Ada|Grace|Linus/ }).count()).toBe(3);
  expect(new URL(page.url()).searchParams.get("group")).toMatch(/^grp_/);

  await page.getByRole("combobox", { name: "Group" }).selectOption("Every group");
  await page.getByRole("link", { name: "Yara Costa" }).waitFor();
  await page.getByRole("link", { name: "Groups" }).click();
  await page.getByRole("link", { name: "Engineering" }).click();
  await page.getByRole("link", { name: "In the list of all members" }).click();
  await page.getByText("Only members of the group Engineering.").waitFor();
  expect(await page.getByRole("link", { name: /Ada|Grace|Linus/ }).count()).toBe(3);
  expect(await page.getByRole("link", { name: "Yara Costa" }).count()).toBe(0);
});

test("of very many groups the first are offered, and the way to the others", async () => {
  const acme = await newOrganization("Grouping");
  const alone = await openPage(acme.token, `/o/${acme.slug}/members`);
  await settled(alone);
  expect(await alone.getByRole("combobox", { name: "Group" }).count()).toBe(0);
  for (let number = 100; number <= 200; number += 1) {
    await scim(acme, "POST", "/Groups", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
      displayName: `Choir ${number}`,
    });
  }

  const page = await openPage(acme.token, `/o/${acme.slug}/members`);
  const choice = page.getByRole("combobox", { name: "Group" });
  await choice.waitFor();
  expect(await choice.getByRole("option").count()).toBe(102);
  await choice.selectOption("More, under Groups …");
  await page.getByRole("searchbox", { name: "Name", exact: true }).fill("Choir 200");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "Choir 200" }).click();
  await page.getByRole("link", { name: "In the list of all members" }).click();
  await page.getByText("Only members of the group Choir 200.").waitFor();
  expect(await choice.getByRole("option", { name: "Choir 200" }).count()).toBe(1);
});

test("a page further on is reached and left by its buttons", async () => {
  const acme = await newOrganization("Paged");
  for (let number = 0; number < 51; number += 1) {
    await provision(acme, `paged${number}@example.com`, `Paged ${number}`);
  }
  const page = await openPage(acme.token, `/o/${acme.slug}/members?order=oldest`);
  await page.getByRole("link", { name: "Paged 48", exact: true }).waitFor();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("link", { name: "Paged 50", exact: true }).waitFor();
  expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Previous" }).click();
  await page.getByRole("link", { name: "Paged 48", exact: true }).waitFor();
  expect(await page.getByRole("link", { name: /^Paged/ }).count()).toBe(49);
});

test("a member is shown as they were, and all that happened stands in one line of time", async () => {
  const acme = await newOrganization("Past");
  await provision(acme, "ada@example.com", "Ada Byron");
  const page = await openPage(acme.token, `/o/${acme.slug}/members`);
  await page.getByRole("link", { name: "Ada Byron" }).click();
  const drawer = page.getByRole("dialog", { name: "Ada Byron", exact: true });
  const history = drawer.getByRole("list", { name: "What happened" });
  await history.getByText("SCIM invited ada@example.com.").waitFor();
  await settled(page);

  await page.goto(`${page.url()}?at=2020-01-01T00:00:00.000Z`);

  await page.getByRole("region", { name: "No such member" }).waitFor();
  await page.getByRole("button", { name: "Back to now" }).click();
  await history.getByText("SCIM invited ada@example.com.").waitFor();
});
