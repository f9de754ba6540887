// The overview, in a browser.
import { expect, test } from "vitest";
import { axeFindings, openPage, withBrowser } from "./support/browser";
import { newOrganization, provision } from "./support/organization";

withBrowser();

test("the overview tells of members and of what happened", async () => {
  const acme = await newOrganization("Acme");
  await provision(acme, "ada@example.com", "Ada Byron");

  const page = await openPage(acme.token, "/");

  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByText("Healthy").waitFor();
  const invited = page.getByRole("row", { name: /Invited/ });
  expect(await invited.textContent()).toContain("1");
  expect(await page.getByRole("row", { name: /^Confirmed/ }).textContent()).toContain("1");
  await page
    .getByRole("list", { name: "Latest events" })
    .getByText("ada@example.com")
    .first()
    .waitFor();
  expect(new URL(page.url()).pathname).toBe(`/o/${acme.slug}`);
  expect(await axeFindings(page)).toEqual([]);
  await page.screenshot({ path: "tests/output/overview.png" });
});
