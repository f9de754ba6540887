// Asks for the passphrase and keeps the unlocked key in memory.
import { useState } from "react";
import { type KeyPair, unlock } from "../keys/accountKeys";
import { unlockedKey } from "../keys/unlocked";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Drawer";
import { TextField } from "../ui/Field";
import { Form } from "../ui/Form";
import { UNLOCK } from "./words";

interface UnlockDialogProps {
  encryptedPrivateKey: string;
  onUnlocked: (pair: KeyPair) => void;
  onClose: () => void;
}

export function UnlockDialog({ encryptedPrivateKey, onUnlocked, onClose }: UnlockDialogProps) {
  const [isBusy, setBusy] = useState(false);
  const [isWrong, setWrong] = useState(false);
  const submit = async (values: FormData) => {
    setBusy(true);
    setWrong(false);
    try {
      const pair = await unlock(encryptedPrivateKey, String(values.get("passphrase")));
      unlockedKey.keep(pair);
      onUnlocked(pair);
    } catch {
      setWrong(true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={UNLOCK.title} onClose={onClose}>
      <p>{UNLOCK.lead}</p>
      <Form
        onSubmit={submit}
        buttons={
          <>
            <Button look="primary" type="submit" busy={isBusy}>
              {UNLOCK.submit}
            </Button>
            <Button look="quiet" onClick={onClose}>
              {UNLOCK.cancel}
            </Button>
          </>
        }
      >
        <TextField
          label={UNLOCK.passphrase}
          name="passphrase"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          error={isWrong ? UNLOCK.wrong : undefined}
        />
      </Form>
    </Dialog>
  );
}
