// Takes a picture of every page for people in both looks, and narrow.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, test } from "vitest";
import { openAsStranger, take, withBrowser } from "./support/browser";
import { expire } from "./support/database";
import { choosePassphrase, unlock, wordsOf } from "./support/keys";
import { foundOrganization, type Organization, provision } from "./support/organization";
import { withPalette } from "./support/palette";
import { acceptAs, invitationLink, signInLink } from "./support/people";

withBrowser();

const FOLDER = join(import.meta.dirname, "../../docs/screenshots");
const LOOKS = {
  light: { theme: "light", width: 1120, height: 700 },
  dark: { theme: "dark", width: 1120, height: 700 },
  narrow: { theme: "light", width: 320, height: 800 },
} as const;
const PEOPLE = ["Ada Byron", "Grace Okoro", "Mei Tanaka", "Omar Haddad"] as const;

let fjord: Organization;

const addressOf = (name: string) => `${name.toLowerCase().replace(" ", ".")}@fjord.example`;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  fjord = await foundOrganization("Fjord", "owner@fjord.example");
});

/** The page in both looks, and narrow. */
async function pictures(page: Page, name: string): Promise<void> {
  for (const [look, as] of Object.entries(LOOKS)) {
    await take(page, as);
    writeFileSync(join(FOLDER, `${name}-${look}.png`), withPalette(await page.screenshot()));
  }
  await take(page, LOOKS.light);
}

test("people", { timeout: 240_000 }, async () => {
  const stranger = await openAsStranger("/sign-in");
  await stranger.getByLabel("Your e-mail address").waitFor();
  await pictures(stranger, "sign-in");

  const owner = await openAsStranger(await signInLink(fjord.owner));
  await owner.getByRole("button", { name: "Sign in" }).click();
  await owner.getByRole("heading", { name: "Overview" }).waitFor();
  await owner.goto("/membership");
  await owner.getByRole("button", { name: "Set up a key" }).click();
  await choosePassphrase(owner.getByRole("dialog"));
  await pictures(owner, "passphrase");
  await owner.getByRole("button", { name: "Make the key" }).click();
  await owner.getByText("Your new key is set up.").waitFor();
  await owner.goto(`/o/${fjord.slug}/key`);
  await owner.getByRole("button", { name: "Create the organization's key" }).waitFor();
  await pictures(owner, "key-none");
  await owner.getByRole("button", { name: "Create the organization's key" }).click();
  await owner.getByRole("button", { name: "Hand over the key from now on" }).click();
  await owner.getByRole("button", { name: "Unlock to see its words" }).click();
  await unlock(owner);
  await wordsOf(owner, "Six words of the key");

  for (const name of PEOPLE) await provision(fjord, addressOf(name), name);
  const [ada, ...others] = PEOPLE;
  for (const name of others) await acceptAs(await invitationLink(fjord, addressOf(name)));
  const guest = await openAsStranger(await invitationLink(fjord, addressOf(ada)));
  await guest.getByLabel("Your name").waitFor();
  await pictures(guest, "accept");
  await choosePassphrase(guest);
  await guest.getByRole("button", { name: "Accept the invitation" }).click();
  await wordsOf(guest, "Your six words");
  await pictures(guest, "accepted");
  await guest.getByRole("link", { name: "See my membership" }).click();
  await wordsOf(guest, "Your six words");
  await pictures(guest, "membership");

  await pictures(owner, "key");
  await owner.getByRole("link", { name: "Confirmations" }).click();
  await owner.getByRole("button", { name: `Compare the words of ${ada}` }).waitFor();
  await pictures(owner, "waiting");
  await owner.getByRole("button", { name: `Compare the words of ${ada}` }).click();
  await wordsOf(owner, "Their six words");
  await pictures(owner, "compare");
  await owner.getByRole("button", { name: "Not now" }).click();
  await owner.getByRole("button", { name: "Confirm all 4" }).click();
  await owner.getByRole("button", { name: "Confirm them" }).click();
  await owner.getByText("4 of 4 done.").waitFor();
  await owner.getByRole("heading", { name: "Nobody waits" }).waitFor();
  await pictures(owner, "confirmed");
  await owner.getByRole("link", { name: "Mail (development)" }).click();
  await owner.getByRole("table", { name: "Mails that were not sent" }).waitFor();
  await owner
    .getByRole("link", { name: new RegExp(addressOf(ada)) })
    .last()
    .click();
  await owner.getByRole("dialog").waitFor();
  await pictures(owner, "mail-open");

  const lena = addressOf("Lena Ost");
  await provision(fjord, lena, "Lena Ost");
  const link = await invitationLink(fjord, lena);
  await expire(lena);
  const late = await openAsStranger(link);
  await late.getByRole("heading", { name: "This invitation has expired" }).waitFor();
  await pictures(late, "void-link");
});
