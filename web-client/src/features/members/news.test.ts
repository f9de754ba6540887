import { expect, test } from "vitest";
import { newsFor } from "./news";

const LISTED = [
  { id: "ada", version: 3 },
  { id: "grace", version: 1 },
];

test.each([
  ["a listed member has a newer version", "ada", { number: 1, version: 4 }, 1],
  ["the list has that version already", "ada", { number: 9, version: 3 }, 0],
  ["a listed member is gone", "grace", { number: 9, version: undefined }, 1],
  ["a member that is not listed changed after it was read", "mei", { number: 6, version: 1 }, 1],
  ["or before", "mei", { number: 5, version: 1 }, 0],
  ["one that was not listed is gone", "mei", { number: 6, version: undefined }, 0],
])("%s", (_, id, change, news) => {
  expect(newsFor(LISTED, new Map([[id, change]]), 5)).toBe(news);
});
