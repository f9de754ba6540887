// The console in Chromium, as a person with a token sees it. What goes wrong on a page is an error.
import AxeBuilder from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterEach, beforeAll, inject } from "vitest";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Look {
  theme?: "light" | "dark";
  width?: number;
  height?: number;
}

// One for each worker, which runs its files one after another; it ends with the worker.
let browser: Promise<Browser> | undefined;
/** Where pages with a token are opened: they load the console's files once for all of them. */
let withTokens: Promise<BrowserContext> | undefined;
const toClose: { close: () => Promise<void> }[] = [];
const faults: string[] = [];

/** Chromium for the tests of a file; each test must leave without a fault on any page. */
export function withBrowser(): void {
  beforeAll(async () => {
    browser ??= chromium.launch({
      executablePath: process.env.ROLLCALL_CHROMIUM ?? "/usr/bin/chromium",
      args: FLAGS,
    });
    await browser;
  });
  afterEach(async () => {
    await Promise.all(toClose.splice(0).map((opened) => opened.close()));
    const found = faults.splice(0);
    if (found.length > 0) throw new Error(`Faults on the page: ${found.join("\n")}`);
  });
}

/** A page of the console, opened with a token at an address below the server's. */
export async function openPage(token: string, path: string, look: Look = {}): Promise<Page> {
  withTokens ??= newContext();
  const page = await (await withTokens).newPage();
  toClose.push(page);
  await page.setExtraHTTPHeaders({ Authorization: `Bearer ${token}` });
  return openIn(page, path, look);
}

/** A page of the console in a browser of its own, for somebody who is not signed in. */
export async function openAsStranger(address: string, look: Look = {}): Promise<Page> {
  const context = await newContext();
  toClose.push(context);
  return openIn(await context.newPage(), address, look);
}

async function newContext(): Promise<BrowserContext> {
  if (browser === undefined) throw new Error("Say withBrowser() at the top of the file.");
  const context = await (await browser).newContext({
    baseURL: inject("server").url,
    timezoneId: "UTC",
    locale: "en-GB",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(20_000);
  return context;
}

async function openIn(page: Page, address: string, look: Look): Promise<Page> {
  await take(page, look);
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // A refused call is part of some tests; the browser logs its status by itself.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      faults.push(message.text());
    }
  });
  await page.goto(address);
  return page;
}

/** Takes on another look. */
export async function take(page: Page, look: Look): Promise<void> {
  const { theme = "light", width = 1280, height = 800 } = look;
  await Promise.all([
    page.emulateMedia({ colorScheme: theme }),
    page.setViewportSize({ width, height }),
  ]);
  await page.evaluate(() => new Promise(requestAnimationFrame));
}

/** Goes to another page of the console without loading it anew, as a link does. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((address) => {
    window.history.pushState({}, "", address);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }, path);
}

/** Whether the page is done: nothing is being loaded any more. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole("heading").first().waitFor();
  await page.getByRole("status").getByText("Loading").first().waitFor({ state: "detached" });
}

/** Holds back the answers of the admin API until the result is called. */
export async function holdAnswers(page: Page): Promise<() => Promise<void>> {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/graphql", async (route) => {
    if (!route.request().headers().accept?.includes("event-stream")) await gate;
    await route.continue();
  });
  return async () => {
    release();
    await page.unrouteAll({ behavior: "wait" });
  };
}

interface Violation {
  id: string;
  help: string;
  nodes: { target: unknown; failureSummary?: string }[];
}

/** What axe finds on the page, in short sentences; nothing is wanted. */
export async function axeFindings(page: Page): Promise<string[]> {
  // By the debugger, so that the page's policy about scripts stays as strict as it is.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AxeBuilder.source);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: (options: object) => Promise<{ violations: Violation[] }> };
    };
    return (await axe.run({ resultTypes: ["violations"] })).violations;
  });
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.map((node) => `${String(node.target)} ${node.failureSummary ?? ""}`).join("; ")}`,
  );
}

/** What reaches beyond the right edge of the window, so that one would have to scroll sideways. */
export function beyondWindow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { innerWidth } = window;
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
      .map((element) => `${element.tagName}: ${element.textContent?.slice(0, 30)}`);
  });
}

/** Answers to a query take half a second longer from now on; tells how many have come. */
export async function slowed(page: Page, query: string): Promise<() => number> {
  let answered = 0;
  await page.route("**/graphql", async (route) => {
    if (!(route.request().postData() ?? "").includes(`query ${query}(`)) return route.fallback();
    const response = await route.fetch();
    await new Promise((resolve) => setTimeout(resolve, 500));
    answered += 1;
    await route.fulfill({ response });
  });
  return () => answered;
}
