// What people do with passphrases and keys on a page.
import type { Locator, Page } from "playwright-core";
import { PASSPHRASE } from "./people";

export async function choosePassphrase(within: Page | Locator): Promise<void> {
  await within.getByLabel("Choose a passphrase").fill(PASSPHRASE);
  await within.getByLabel("The same once more").fill(PASSPHRASE);
}

export async function unlock(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Unlock your key" });
  await dialog.getByLabel("Passphrase").fill(PASSPHRASE);
  await dialog.getByRole("button", { name: "Unlock" }).click();
  await dialog.waitFor({ state: "detached" });
}

/** The six words of a list, once they are worked out. */
export async function wordsOf(page: Page, label: string): Promise<string[]> {
  const words = page.getByRole("list", { name: label }).getByRole("listitem");
  // All at once: those of another key may take their place at any moment.
  let found: string[] = [];
  while (found.length === 0) {
    await words.first().waitFor();
    found = await words.allTextContents();
  }
  return found;
}
