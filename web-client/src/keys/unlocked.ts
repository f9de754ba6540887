// The unlocked key of whoever is at the console: in this tab's memory alone, for 15 minutes.
import type { KeyPair } from "./accountKeys";

export const KEPT_MS = 15 * 60_000;

type Listener = () => void;

/** Keeps one pair until its time is over or it is asked to forget. */
export class UnlockedKey {
  #pair: KeyPair | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #until = 0;
  readonly #listeners = new Set<Listener>();

  /** Keeps the pair from now on, for 15 minutes. */
  keep(pair: KeyPair): void {
    clearTimeout(this.#timer);
    this.#pair = pair;
    this.#until = Date.now() + KEPT_MS;
    this.#timer = setTimeout(() => this.forget(), KEPT_MS);
    this.#tell();
  }

  /** Locks: nothing is at hand any more. */
  forget(): void {
    clearTimeout(this.#timer);
    if (this.#pair === undefined) return;
    this.#pair = undefined;
    this.#tell();
  }

  /** The pair of that thumbprint, while it is unlocked. */
  pair(kid: string | undefined): KeyPair | undefined {
    // A computer that slept wakes its timers late.
    if (this.#pair === undefined || Date.now() >= this.#until) return undefined;
    return this.#pair.kid === kid ? this.#pair : undefined;
  }

  /** Calls the listener after each change; the result ends that. */
  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The one of this tab. */
export const unlockedKey = new UnlockedKey();
