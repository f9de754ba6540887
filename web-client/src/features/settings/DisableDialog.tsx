// Switches provisioning off, after the organization's short name was typed.
import { type FormEvent, useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { TextField } from "../../ui/Field";
import { useSay } from "../../ui/Toast";
import { disableScim } from "./changes";
import styles from "./Settings.module.css";

export function DisableDialog({ onClose }: { onClose: () => void }) {
  const say = useSay();
  const { organization } = useSession();
  const disable = useChange(disableScim, (data) => data.disableScim);
  const [typed, setTyped] = useState("");
  const [trouble, setTrouble] = useState<string>();
  const isConfirmed = typed.trim() === organization.slug;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const outcome = await disable.run({ input: { organizationId: organization.id } });
    const refusal = refusalOf(outcome);
    setTrouble(refusal);
    if (refusal === undefined) {
      say("SCIM is off.");
      onClose();
    }
  };
  return (
    <Dialog title="Switch SCIM off?" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <p>
          From the next call on, the identity provider is refused: nobody is added, changed or
          revoked by it. Members, groups and keys stay as they are.
        </p>
        <TextField
          label={`Type ${organization.slug} to confirm`}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          error={trouble}
        />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" type="submit" disabled={!isConfirmed} busy={disable.isRunning}>
            Switch off
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
