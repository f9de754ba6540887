// The person's own key: unlocked for a while, set up, or replaced by a new one.
import { useState } from "react";
import { useChange } from "../../graphql/change";
import { isUsable, NewPassphrase, NO_PASSPHRASE } from "../../handshake/NewPassphrase";
import { UnlockDialog } from "../../handshake/UnlockDialog";
import { kidOf, useUnlocked } from "../../handshake/useUnlocked";
import { UNLOCK } from "../../handshake/words";
import { newAccountKeys } from "../../keys/accountKeys";
import { unlockedKey } from "../../keys/unlocked";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Drawer";
import { Form } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { useSay } from "../../ui/Toast";
import type { Account } from "./Membership";
import styles from "./Membership.module.css";
import { setKeys } from "./query";
import { KEYS } from "./words";

export function AccountKey({ account }: { account: Account }) {
  const [open, setOpen] = useState<"unlock" | "new">();
  const kid = kidOf(account.publicKey);
  const pair = useUnlocked(kid);
  const close = () => setOpen(undefined);
  return (
    <Section title={KEYS.title}>
      <div className={styles.panel}>
        {kid === undefined ? (
          <>
            <h3>{KEYS.noneTitle}</h3>
            <p>{KEYS.none}</p>
          </>
        ) : (
          <>
            <p role="status">{pair === undefined ? UNLOCK.locked : UNLOCK.unlocked}</p>
            <p className={styles.hint}>{KEYS.has}</p>
          </>
        )}
        <div className={styles.buttons}>
          {kid !== undefined && pair === undefined && (
            <Button look="primary" onClick={() => setOpen("unlock")}>
              {KEYS.unlock}
            </Button>
          )}
          {pair !== undefined && (
            <Button onClick={() => unlockedKey.forget()}>{UNLOCK.lock}</Button>
          )}
          <Button look={kid === undefined ? "primary" : "plain"} onClick={() => setOpen("new")}>
            {kid === undefined ? KEYS.setUp : KEYS.replace}
          </Button>
        </div>
      </div>
      {open === "unlock" && account.encryptedPrivateKey !== null && (
        <UnlockDialog
          encryptedPrivateKey={account.encryptedPrivateKey}
          onUnlocked={close}
          onClose={close}
        />
      )}
      {open === "new" && (
        <NewKeyDialog account={account} isReplacing={kid !== undefined} onClose={close} />
      )}
    </Section>
  );
}

interface NewKeyDialogProps {
  account: Account;
  isReplacing: boolean;
  onClose: () => void;
}

function NewKeyDialog({ account, isReplacing, onClose }: NewKeyDialogProps) {
  const change = useChange(setKeys, (data) => data.setAccountKeys);
  const say = useSay();
  const [passphrase, setPassphrase] = useState(NO_PASSPHRASE);
  const [isAsked, setAsked] = useState(false);
  const [isMaking, setMaking] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const own = [account.email, account.name ?? ""];
  const submit = async () => {
    setAsked(true);
    if (!isUsable(passphrase, own)) return;
    setMaking(true);
    const keys = await newAccountKeys(passphrase.text);
    const { payload, problem } = await change.run({ input: keys });
    setMaking(false);
    const why = problem?.message ?? payload?.errors[0]?.message;
    setRefusal(why);
    if (why !== undefined) return;
    unlockedKey.forget();
    say(KEYS.made);
    onClose();
  };
  return (
    <Dialog title={isReplacing ? KEYS.replaceTitle : KEYS.setUp} onClose={onClose}>
      {isReplacing && (
        <Notice tone="wait">
          <p>{KEYS.replaceWarning}</p>
        </Notice>
      )}
      <Form
        onSubmit={submit}
        refusal={refusal}
        buttons={
          <>
            <Button look="primary" type="submit" busy={isMaking}>
              {KEYS.submit}
            </Button>
            <Button look="quiet" onClick={onClose}>
              {KEYS.cancel}
            </Button>
          </>
        }
      >
        <NewPassphrase value={passphrase} onChange={setPassphrase} own={own} isAsked={isAsked} />
      </Form>
    </Dialog>
  );
}
