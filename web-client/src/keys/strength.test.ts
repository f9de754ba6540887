// What counts as a good passphrase.
import { describe, expect, it } from "vitest";
import { type Strength, strengthOf } from "./strength";

const CASES: [Strength, string][] = [
  ["short", "kf8#Lq2!xZ"],
  ["weak", "passwordpassword"],
  ["weak", "Password1234567"],
  ["weak", "aaaaaaaaaaaaaaaaaaaa"],
  ["weak", "12345678901234"],
  ["weak", "qwertyuiopasdfgh"],
  ["weak", "correct horse battery staple"],
  ["weak", "ada lovelace 1815"],
  ["weak", "summer summer summer summer"],
  ["fair", "winter garden 2026 lamps"],
  ["fair", "my cat sleeps on the piano"],
  ["strong", "mW7#qLx92!vZp4rT"],
  ["strong", "snow venue wise upper danger sudden"],
  ["strong", "drei alte Kähne treiben südwärts"],
];

describe("a passphrase", () => {
  it.each(CASES)("is %s: %s", (strength, passphrase) => {
    expect(strengthOf(passphrase, ["ada.lovelace@example.org", "Ada Lovelace"])).toBe(strength);
  });
});
