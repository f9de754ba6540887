// How long an unlocked key is at hand.
import type { CryptoKey } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeyPair } from "./accountKeys";
import { KEPT_MS, UnlockedKey } from "./unlocked";

const PAIR: KeyPair = { kid: "one", privateKey: {} as CryptoKey };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("an unlocked key", () => {
  it("is at hand for a quarter of an hour, for its own name alone", () => {
    const kept = new UnlockedKey();
    kept.keep(PAIR);

    vi.advanceTimersByTime(15 * 60_000 - 1);

    expect(kept.pair("one")).toBe(PAIR);
    expect(kept.pair("other")).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(kept.pair("one")).toBeUndefined();
  });

  it("is gone after a sleep, though no timer ran", () => {
    const kept = new UnlockedKey();
    kept.keep(PAIR);

    vi.setSystemTime(Date.now() + KEPT_MS);

    expect(kept.pair("one")).toBeUndefined();
  });

  it("begins anew when it is unlocked again, and tells of every change", () => {
    const kept = new UnlockedKey();
    const heard: boolean[] = [];
    const end = kept.subscribe(() => heard.push(kept.pair("one") !== undefined));

    kept.keep(PAIR);
    vi.advanceTimersByTime(KEPT_MS - 1);
    kept.keep(PAIR);
    vi.advanceTimersByTime(KEPT_MS - 1);
    kept.forget();
    kept.forget();
    end();
    kept.keep(PAIR);

    expect(heard).toEqual([true, true, false]);
  });
});
