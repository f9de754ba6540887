// People come in, are compared and confirmed: with the keys of real browsers, against a real server.
import type { Locator, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { axeFindings, openAsStranger, openPage, slowed, withBrowser } from "./support/browser";
import { choosePassphrase, unlock, wordsOf } from "./support/keys";
import {
  ask,
  newOrganization,
  type Organization,
  provision,
  tokenWith,
} from "./support/organization";
import { acceptAs, actOn, invitationLink, PASSPHRASE, signInLink } from "./support/people";

withBrowser();

let choir: Organization;
let harbour: Organization;

beforeAll(async () => {
  choir = await newOrganization("Choir");
  harbour = await newOrganization("Harbour");
});

/** An address of somebody in an organization: accounts are of the whole server. */
function addressOf(name: string, { slug }: Organization): string {
  return `${name}.${slug}@example.com`;
}

/** Whoever a sign-in link is for, in a browser of their own. */
async function signedIn(email: string): Promise<Page> {
  const page = await openAsStranger(await signInLink(email));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  return page;
}

/** Somebody who was provisioned and accepted. */
async function accepted(organization: Organization, name: string, full: string): Promise<void> {
  await provision(organization, addressOf(name, organization), full);
  await acceptAs(await invitationLink(organization, addressOf(name, organization)));
}

test("a link lets its person in once, by a click, and leaves no trace in the address", async () => {
  const link = await signInLink(choir.owner);
  const page = await openAsStranger(link);
  await page.getByRole("heading", { name: "One click to go" }).waitFor();

  expect(new URL(page.url()).hash).toBe("");
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/o/${choir.slug}`);

  const again = await openAsStranger(link);
  await again.getByRole("button", { name: "Sign in" }).click();
  await again.getByRole("heading", { name: "This link does not work any more" }).waitFor();
  await again.getByRole("button", { name: "Ask for a new link" }).click();
  await again.getByLabel("Your e-mail address").fill("nobody@example.com");
  await again.getByRole("button", { name: "Send me a link" }).click();
  await again.getByText("If nobody@example.com is known here").waitFor();
});

test("an invited person accepts in their own browser and is confirmed with the key", async () => {
  // The owner makes a key of their own, then the organization's.
  const owner = await signedIn(harbour.owner);
  await owner.goto("/membership");
  await owner.getByRole("button", { name: "Set up a key" }).click();
  const setUp = owner.getByRole("dialog", { name: "Set up a key" });
  await choosePassphrase(setUp);
  await setUp.getByRole("button", { name: "Make the key" }).click();
  await owner.getByText("Your new key is set up.").waitFor();
  await owner.getByRole("link", { name: "Open the console" }).click();
  await owner.getByRole("link", { name: "Confirmations" }).click();
  await owner.getByRole("link", { name: "Organization key" }).click();
  await owner.getByRole("button", { name: "Create the organization's key" }).click();
  await owner.getByRole("button", { name: "Hand over the key from now on" }).waitFor();
  await renamed(harbour);
  const asked = await slowed(owner, "OrganizationKey");
  await owner.getByRole("button", { name: "Hand over the key from now on" }).click();
  const conflict = owner.getByRole("alert").filter({ hasText: "Somebody else changed this" });
  await conflict.getByRole("cell", { name: "Is an approval only" }).waitFor();
  await conflict.getByRole("cell", { name: "Hands over the key" }).waitFor();
  expect(asked()).toBe(1);
  await owner.unroute("**/graphql");
  await conflict.getByRole("button", { name: "Use mine" }).click();
  await owner.getByRole("button", { name: "Only approve from now on" }).waitFor();

  // The invitation is in the development mailbox.
  const address = addressOf("ada", harbour);
  await provision(harbour, address, "Ada Byron");
  await owner.getByRole("link", { name: "Mail (development)" }).click();
  await owner.getByRole("link", { name: new RegExp(`to ${address}`) }).click();
  const mail = owner.getByRole("dialog");
  expect(await axeFindings(owner)).toEqual([]);
  const link = await mail.getByRole("link", { name: "Follow the link in it" }).getAttribute("href");
  await mail.getByRole("button", { name: "Close" }).click();

  // Ada, in a browser of her own.
  const ada = await openAsStranger(link ?? "");
  await ada.getByRole("heading", { name: `Join ${harbour.name} & Co` }).waitFor();
  await ada.getByText(address).waitFor();
  expect(new URL(ada.url()).hash).toBe("");
  expect(await ada.getByLabel("Your name").inputValue()).toBe("Ada Byron");
  await ada.getByLabel("Choose a passphrase").fill("too short");
  await ada.getByRole("button", { name: "Accept the invitation" }).click();
  await ada.getByText("Too short: at least 14 characters.").waitFor();
  expect(await axeFindings(ada)).toEqual([]);
  await choosePassphrase(ada);
  await ada.getByRole("button", { name: "Accept the invitation" }).click();
  await ada.getByRole("heading", { name: `Welcome to ${harbour.name} & Co` }).waitFor();
  const first = await wordsOf(ada, "Your six words");
  expect(first).toHaveLength(6);
  expect(await axeFindings(ada)).toEqual([]);

  // While the owner compares, Ada makes another key: nothing is handed to a key nobody compared.
  await owner.getByRole("link", { name: "Confirmations" }).click();
  const compare = owner.getByRole("button", { name: "Compare the words of Ada Byron" });
  await compare.click();
  expect(await wordsOf(owner, "Their six words")).toEqual(first);
  await ada.getByRole("link", { name: "See my membership" }).click();
  await ada.getByRole("button", { name: "Make a new key" }).click();
  const anew = ada.getByRole("dialog", { name: "Make a new key" });
  await choosePassphrase(anew);
  await anew.getByRole("button", { name: "Make the key" }).click();
  await ada.getByText("Your new key is set up.").waitFor();
  await expect.poll(() => wordsOf(ada, "Your six words")).not.toEqual(first);
  const hers = await wordsOf(ada, "Your six words");
  await owner.getByRole("button", { name: "Same words: confirm" }).click();
  await unlock(owner);
  await owner.getByText("They have another key now").waitFor();
  expect(await wordsOf(owner, "The words before")).toEqual(first);
  expect(await wordsOf(owner, "Their six words")).toEqual(hers);
  expect(await axeFindings(owner)).toEqual([]);

  // The owner compares and confirms, by the keyboard alone.
  await owner.reload();
  await compare.waitFor();
  await tabTo(owner, compare);
  await owner.keyboard.press("Enter");
  expect(await wordsOf(owner, "Their six words")).toEqual(hers);
  expect(await axeFindings(owner)).toEqual([]);
  await owner.keyboard.press("Escape");
  await expect.poll(() => isFocused(compare)).toBe(true);
  await owner.keyboard.press("Enter");
  await tabTo(owner, owner.getByRole("button", { name: "Same words: confirm" }));
  await owner.keyboard.press("Enter");
  await expect.poll(() => isFocused(owner.getByLabel("Passphrase"))).toBe(true);
  await owner.keyboard.type("not the passphrase");
  await owner.keyboard.press("Enter");
  await owner.getByText("This passphrase does not open your key.").waitFor();
  await owner.keyboard.press("ControlOrMeta+a");
  await owner.keyboard.type(PASSPHRASE);
  await owner.keyboard.press("Enter");
  await owner.getByText("Ada Byron is confirmed.").waitFor();
  await owner.getByRole("heading", { name: "Nobody waits" }).waitFor();

  // Both see the same words of the organization's key.
  await owner.getByRole("link", { name: "Organization key" }).click();
  const shared = await wordsOf(owner, "Six words of the key");
  expect(await axeFindings(owner)).toEqual([]);
  await ada.reload();
  await ada.getByText("Key at hand").waitFor();
  await ada.getByRole("button", { name: "Unlock" }).click();
  await unlock(ada);
  expect(await wordsOf(ada, "Six words of the organization's key")).toEqual(shared);
  expect(await axeFindings(ada)).toEqual([]);

  // The owner replaces the key; Ada is handed the new one in the same go.
  await owner.getByRole("button", { name: "Replace the key" }).click();
  await owner.getByRole("button", { name: "Make a new key and hand it over" }).click();
  await owner.getByText("1 of 1 done.").waitFor();
  await owner.getByText("Every confirmed member holds the key as it is now.").waitFor();
  await expect.poll(() => wordsOf(owner, "Six words of the key")).not.toEqual(shared);
  const replaced = await wordsOf(owner, "Six words of the key");
  await ada.reload();
  await ada.getByRole("button", { name: "Unlock" }).click();
  await unlock(ada);
  expect(await wordsOf(ada, "Six words of the organization's key")).toEqual(replaced);

  // Whoever has an account signs in first, and keeps it.
  await provision(choir, address, "Ada Byron");
  const toChoir = await invitationLink(choir, address);
  const known = await openAsStranger(toChoir);
  await known.getByText("You have an account here already").waitFor();
  await known.getByRole("button", { name: "I am signed in: go on" }).click();
  await known.getByText("Nobody is signed in in this browser yet.").waitFor();
  expect(await axeFindings(known)).toEqual([]);
  await known.getByRole("button", { name: "Send me a sign-in link" }).click();
  await known.getByText(`is on its way to ${address}`).waitFor();
  const beside = await known.context().newPage();
  await beside.goto(await signInLink(address));
  await beside.getByRole("button", { name: "Sign in" }).click();
  await beside.waitForURL((url) => url.pathname !== "/sign-in");
  await known.getByRole("button", { name: "I am signed in: go on" }).click();
  await known.getByText(`You are signed in as ${address}, and accept with this account.`).waitFor();
  expect(await known.getByLabel("Your name").count()).toBe(0);
  await known.getByRole("button", { name: "Accept the invitation" }).click();
  await known.getByRole("heading", { name: `Welcome to ${choir.name}` }).waitFor();

  // The link is used up: whoever is signed in is not asked to sign in.
  await known.goto("about:blank");
  await known.goto(toChoir);
  await known.getByRole("heading", { name: "This invitation was accepted already" }).waitFor();
  expect(await known.getByRole("link", { name: "Sign in" }).count()).toBe(0);
  await known.getByRole("link", { name: "See my membership" }).click();
  await known.getByRole("heading", { name: "My membership" }).waitFor();
  await known.goto("/sign-in");
  await known.getByText(`You are signed in as ${address} in this browser.`).waitFor();
  expect(await axeFindings(known)).toEqual([]);
  await known.getByRole("link", { name: "Go on as you are" }).click();
  await known.waitForURL((url) => url.pathname !== "/sign-in");
});

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    if (await isFocused(target)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("The keyboard does not get there.");
}

function isFocused(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}

test("several are confirmed at once without keys, with a result for each", async () => {
  await accepted(choir, "bela", "Bela Castro");
  await accepted(choir, "mei", "Mei Tanaka");
  await accepted(choir, "omar", "Omar Haddad");
  const looking = await openPage(
    await tokenWith(choir, ["MEMBERS_READ"]),
    `/o/${choir.slug}/confirmations`,
  );
  await looking.getByText("Bela Castro").waitFor();
  await looking.getByText("MEMBERS_CONFIRM").waitFor();
  expect(await looking.getByRole("button", { name: /^Confirm/ }).count()).toBe(0);

  const page = await openPage(choir.token, `/o/${choir.slug}/confirmations`);
  await page.getByLabel("Select Bela Castro").check();
  await page.getByRole("button", { name: "Confirm selected" }).click();
  await page.getByText("1 of 1 done.").waitFor();
  const others = page.getByRole("button", { name: /^Confirm all \d/ });
  await others.click();
  await page.getByRole("button", { name: "Confirm them" }).click();

  await page.getByRole("heading", { name: "Nobody waits" }).waitFor();
  const results = page.getByRole("table", { name: "What came of each" });
  await results.getByRole("row", { name: /Mei Tanaka Confirmed/ }).waitFor();
  await results.getByRole("row", { name: /Omar Haddad Confirmed/ }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
});

test("a link that does not work says why, and how to go on", async () => {
  const grace = addressOf("grace", choir);
  await provision(choir, grace, "Grace Okoro");
  const first = await invitationLink(choir, grace);
  await actOn(choir, "reinviteMember", "ReinviteMemberInput", grace);
  const second = await invitationLink(choir, grace);
  const origin = new URL(second).origin;

  await says(first, "There is a newer invitation");
  const other = await signedIn(choir.owner);
  await other.goto(second);
  await other.getByRole("heading", { name: "You are signed in as somebody else" }).waitFor();
  await other.getByText(`and you are signed in as ${choir.owner}`).waitFor();
  await other.getByRole("link", { name: "Stay signed in" }).waitFor();
  expect(await axeFindings(other)).toEqual([]);
  await other.getByRole("button", { name: "Sign out and go on" }).click();
  await other.getByRole("heading", { name: `Join ${choir.name}` }).waitFor();
  await other.getByRole("button", { name: "Accept the invitation" }).click();
  await other.getByRole("heading", { name: `Welcome to ${choir.name}` }).waitFor();
  await says(second, "This invitation was accepted already");
  const ida = addressOf("ida", choir);
  await provision(choir, ida, "Ida Holm");
  const third = await invitationLink(choir, ida);
  await actOn(choir, "revokeMember", "RevokeMemberInput", ida);
  await says(third, "This invitation was withdrawn");
  await actOn(choir, "removeMember", "RemoveMemberInput", ida);
  await says(third, "This invitation is no longer there");
  await says(`${origin}/accept#inv_cut_off`, "This link leads to no invitation");
  await says(`${origin}/accept`, "Open the link from your mail");
});

async function says(link: string, title: string): Promise<void> {
  const page = await openAsStranger(link);
  await page.getByRole("heading", { name: title }).waitFor();
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  await page.context().close();
}

/** Another administrator changes the organization meanwhile. */
async function renamed({ id, name, token }: Organization): Promise<void> {
  await ask(
    token,
    "mutation Rename($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { changed } }",
    { input: { organizationId: id, name: `${name} & Co` } },
  );
}
