// A real server with a database of its own, once for all browser tests.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { TestProject } from "vitest/node";

export const REPOSITORY = join(import.meta.dirname, "../../..");
export const ROLLCALL = join(REPOSITORY, ".venv/bin/rollcall");
export const PYTHON = join(REPOSITORY, ".venv/bin/python");
const START_MS = 60_000;

export interface ServerOfTests {
  url: string;
  /** Where `workshop.py` listens. */
  workshopPort: number;
  environment: Record<string, string>;
}

declare module "vitest" {
  interface ProvidedContext {
    server: ServerOfTests;
  }
}

interface RunningServer extends Omit<ServerOfTests, "workshopPort"> {
  /** What it printed so far. */
  output: () => string;
  stop: () => Promise<void>;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, environment, stop } = await startServer("serve", {
    ROLLCALL_INVITATION_GRACE_SECONDS: "0",
    ROLLCALL_SCIM_RATE_LIMIT: "0",
    ROLLCALL_GRAPHQL_OPERATIONS_PER_MINUTE: "0",
    ROLLCALL_GRAPHQL_COST_PER_MINUTE: "0",
  });
  const workshop = spawn(PYTHON, [join(import.meta.dirname, "workshop.py")], {
    env: { ...environment, PYTHONPATH: REPOSITORY },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(workshop.stdout as Readable, "data");
  project.provide("server", { url, workshopPort: Number(String(port)), environment });
  return async () => {
    workshop.kill();
    await stop();
  };
}

/** A server with a database of its own, by `serve` or as `make run` has it. */
export async function startServer(
  command: "serve" | "run",
  settings: Record<string, string>,
): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-console-"));
  chmodSync(folder, 0o711); // the database's user must be let through
  const port = await freePort();
  const environment = {
    ...inherited(),
    ROLLCALL_DATA_DIR: join(folder, "data"),
    ROLLCALL_PORT: String(port),
    ...settings,
  };
  const log = join(folder, "server.log");
  const output = openSync(log, "a");
  const server = spawn(ROLLCALL, [command], {
    env: environment,
    stdio: ["ignore", output, output],
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(url, server, log);
  return {
    url,
    environment,
    output: () => readFileSync(log, "utf8"),
    stop: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function inherited(): Record<string, string> {
  const named = Object.entries(process.env).filter(
    (entry): entry is [string, string] => !entry[0].includes("ROLLCALL_") && entry[1] !== undefined,
  );
  return Object.fromEntries(named);
}

async function ready(url: string, server: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (true) {
    const answer = await fetch(`${url}/ready`).catch(() => undefined);
    if (answer?.ok) return;
    if (server.exitCode !== null || Date.now() > deadline) {
      throw new Error(`The server did not start: ${readFileSync(log, "utf8")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Runs the command line program with the server's settings; what it printed. */
export function rollcall(server: Pick<ServerOfTests, "environment">, ...words: string[]): string {
  return execFileSync(ROLLCALL, words, { env: server.environment, encoding: "utf8" });
}
