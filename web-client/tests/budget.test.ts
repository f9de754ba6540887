// How much a browser must load: the entry, and all pages together, compressed as gzip.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const BUILT = join(import.meta.dirname, "../../api/console_files");
const ENTRY_BYTES = 140 * 1024;
const TOTAL_BYTES = 260 * 1024;

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
}

const manifest: Record<string, Chunk> = JSON.parse(
  readFileSync(join(BUILT, "manifest.json"), "utf8"),
);

function filesOf(name: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (chunk === undefined || seen.has(chunk.file)) return seen;
  for (const file of [chunk.file, ...(chunk.css ?? [])]) seen.add(file);
  for (const imported of chunk.imports ?? []) filesOf(imported, seen);
  return seen;
}

const sizeOf = (files: Iterable<string>) =>
  [...files]
    .filter((file) => /\.(js|css)$/.test(file))
    .reduce((sum, file) => sum + statSync(join(BUILT, `${file}.gz`)).size, 0);

test("the entry, with all that it loads at once, is at most 140 KB", () => {
  const [entry = ""] = Object.keys(manifest).filter((name) => manifest[name]?.isEntry);

  const size = sizeOf([...filesOf(entry), ...filesOf("style.css")]);
  console.log(`entry: ${Math.round(size / 1024)} KB`);
  expect(size).toBeLessThanOrEqual(ENTRY_BYTES);
});

test("all pages together are at most 260 KB", () => {
  const all = new Set(Object.keys(manifest).flatMap((name) => [...filesOf(name)]));

  const size = sizeOf(all);
  console.log(`all: ${Math.round(size / 1024)} KB`);
  expect(size).toBeLessThanOrEqual(TOTAL_BYTES);
});
