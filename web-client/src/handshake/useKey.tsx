// The organization's key for a piece of work: opened with the unlocked pair, asked for where locked.
import { type ReactNode, useState } from "react";
import type { KeyPair } from "../keys/accountKeys";
import type { OrganizationKey } from "../keys/organizationKey";
import { Notice } from "../ui/Notice";
import { type Holder, type Lack, openKey } from "./holder";
import { UnlockDialog } from "./UnlockDialog";
import { useUnlocked } from "./useUnlocked";
import { HOLDER } from "./words";

type Work = (key: OrganizationKey | undefined) => unknown;

interface Key {
  /** Does the work with the key, after asking for the passphrase where that is needed. */
  with: (work: Work) => void;
  /** Why the caller has no key to work with. */
  lack: Lack | undefined;
  /** To be shown by the page: the question, and what went wrong. */
  dialog: ReactNode;
  problem: ReactNode;
}

/** `holder` is undefined where no key is shared: the work is then done without. */
export function useKey(holder: Holder | Lack | undefined): Key {
  const [waiting, setWaiting] = useState<Work>();
  const [isClosed, setClosed] = useState(false);
  const holds = typeof holder === "object" && holder.wrapped !== null ? holder : undefined;
  const pair = useUnlocked(holds?.kid);

  const workWith = async (work: Work, opener: KeyPair) => {
    if (holds === undefined) return;
    setClosed(false);
    let key: OrganizationKey;
    try {
      key = await openKey(holds, opener);
    } catch {
      setClosed(true);
      return;
    }
    await work(key);
  };

  return {
    with: (work) => {
      if (holder === undefined) work(undefined);
      else if (pair !== undefined) void workWith(work, pair);
      else setWaiting(() => work);
    },
    lack:
      typeof holder === "string" ? holder : holder && holds === undefined ? "handover" : undefined,
    dialog: waiting !== undefined && holds !== undefined && (
      <UnlockDialog
        encryptedPrivateKey={holds.encryptedPrivateKey}
        onUnlocked={(unlocked) => {
          setWaiting(undefined);
          void workWith(waiting, unlocked);
        }}
        onClose={() => setWaiting(undefined)}
      />
    ),
    problem: isClosed && (
      <Notice tone="bad" isUrgent>
        <p>{HOLDER.cannotOpen}</p>
      </Notice>
    ),
  };
}
