// Opens each page of the console in Chromium and says how long each took: `node console_pages.mjs URL TIMES`.
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/package.json`);
const { chromium } = require("playwright-core");
const [url, times] = [process.argv[2], Number(process.argv[3])];
const headers = { Authorization: `Bearer ${process.env.ACCESS_TOKEN}` };

// By the link that leads there, with what is there once a person can work with the page.
const PAGES = [
  { name: "overview", link: "Overview", ready: (page) => page.getByText("Latest events") },
  { name: "confirmations", link: /^Confirmations/, ready: rows },
  { name: "members", link: /^Members/, ready: rows },
  { name: "groups", link: /^Groups/, ready: rows },
  { name: "SCIM requests", link: /^SCIM requests/, ready: rows },
  { name: "audit", link: /^Audit/, ready: rows },
  { name: "settings", link: /^Settings/, ready: (page) => page.getByText("SCIM base URL") },
];

function rows(page) {
  return page.getByRole("main").getByRole("row").nth(1);
}

const browser = await chromium.launch({
  executablePath: process.env.ROLLCALL_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
});
const context = await browser.newContext({ baseURL: url, extraHTTPHeaders: headers });
const page = await context.newPage();
let asked = 0;
page.on("request", (request) => {
  if (request.url().endsWith("/graphql") && !request.headers().accept?.includes("event-stream")) asked += 1;
});
await page.goto("/");
await PAGES[0].ready(page).waitFor();

const found = [];
for (const [number, { name, link, ready }] of PAGES.entries()) {
  const away = PAGES[number === 0 ? 2 : 0];
  const took = [];
  let most = 0;
  for (let turn = 0; turn < times; turn += 1) {
    await page.getByRole("navigation").getByRole("link", { name: away.link }).first().click();
    await away.ready(page).waitFor();
    asked = 0;
    const began = performance.now();
    await page.getByRole("navigation").getByRole("link", { name: link }).first().click();
    await ready(page).waitFor();
    took.push(performance.now() - began);
    most = Math.max(most, asked);
  }
  took.sort((one, other) => one - other);
  found.push({ name, p50: took[Math.floor(took.length / 2)], slowest: took.at(-1), asked: most });
}
// The whole of it, from an empty cache to a table of members.
const fresh = [];
for (let turn = 0; turn < Math.min(times, 5); turn += 1) {
  const another = await browser.newContext({ baseURL: url, extraHTTPHeaders: headers });
  const first = await another.newPage();
  await page.goto("/");
  const address = await page.getByRole("navigation").getByRole("link", { name: /^Members/ }).first().getAttribute("href");
  const began = performance.now();
  await first.goto(address);
  await rows(first).waitFor();
  fresh.push(performance.now() - began);
  await another.close();
}
fresh.sort((one, other) => one - other);
found.push({ name: "members, opened for the first time", p50: fresh[Math.floor(fresh.length / 2)], slowest: fresh.at(-1), asked: "–" });
console.log(JSON.stringify(found));
await browser.close();
