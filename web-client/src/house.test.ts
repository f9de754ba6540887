// The rules of the house: who may import whom, and where data does not come from.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const SOURCE = import.meta.dirname;

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts") && !name.includes(".test."))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), "utf8") }));

/** What a file imports of ours, as paths below the sources. */
function imports(name: string, text: string): string[] {
  const found = [...text.matchAll(/from "(\.[^"]+)"|import\("(\.[^"]+)"\)/g)];
  return found.map((match) =>
    relative(SOURCE, join(SOURCE, dirname(name), match[1] ?? match[2] ?? "")),
  );
}

function offenders(isForbidden: (name: string, imported: string) => boolean): string[] {
  return files.flatMap(({ name, text }) =>
    imports(name, text)
      .filter((imported) => isForbidden(name, imported))
      .map((imported) => `${name} imports ${imported}`),
  );
}

test("features do not know each other", () => {
  const feature = (path: string) => /^features\/([^/]+)\//.exec(path)?.[1];

  expect(
    offenders((name, imported) => {
      const [own, other] = [feature(name), feature(imported)];
      return own !== undefined && other !== undefined && own !== other;
    }),
  ).toEqual([]);
});

test("the user interface's parts know nothing but each other", () => {
  expect(
    offenders((name, imported) => name.startsWith("ui/") && !imported.startsWith("ui/")),
  ).toEqual([]);
});

test("GraphQL knows no page", () => {
  const above = /^(features|shell|router|main)/;

  expect(
    offenders((name, imported) => name.startsWith("graphql/") && above.test(imported)),
  ).toEqual([]);
});

test("data comes from no effect", () => {
  const effects = files.filter(({ text }) => /\buseEffect\b/.test(text)).map(({ name }) => name);

  expect(effects).toEqual([]);
});

test("every file says its purpose in its first line", () => {
  const silent = files.filter(({ text }) => !/^\/\/ .{15,}/.test(text)).map(({ name }) => name);

  expect(silent).toEqual([]);
});
