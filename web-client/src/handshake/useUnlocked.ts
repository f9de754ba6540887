// The key pair that this tab has unlocked, if it is the account's.
import { useSyncExternalStore } from "react";
import type { KeyPair } from "../keys/accountKeys";
import { unlockedKey } from "../keys/unlocked";

/** The pair of a thumbprint while it is unlocked. */
export function useUnlocked(kid: string | undefined): KeyPair | undefined {
  return useSyncExternalStore(unlockedKey.subscribe, () => unlockedKey.pair(kid));
}

/** The thumbprint in a public JWK as the server shows it. */
export function kidOf(publicKey: unknown): string | undefined {
  const kid = (publicKey as { kid?: unknown } | null)?.kid;
  return typeof kid === "string" ? kid : undefined;
}
