// Replaces the keys by a new one; the old ones keep working for a while.
import { type FormEvent, useState } from "react";
import { type Refusal, refusalAt, refusalOf, useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { SelectField, TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { SecretField } from "../../ui/SecretField";
import { When } from "../../ui/When";
import { rotateScimApiKey } from "./changes";
import styles from "./Settings.module.css";
import { KEY_NAME, OVERLAPS } from "./words";

export function RotateDialog({ onClose }: { onClose: () => void }) {
  const { organization } = useSession();
  const rotate = useChange(rotateScimApiKey, (data) => data.rotateScimApiKey);
  const [overlap, setOverlap] = useState("86400");
  const [made, setMade] = useState<{ apiKey: string; endsAt: string | null }>();
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [trouble, setTrouble] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    const outcome = await rotate.run({
      input: {
        organizationId: organization.id,
        overlapSeconds: Number(overlap),
        idempotencyKey: crypto.randomUUID(),
        ...(name !== "" && { name }),
      },
    });
    setRefusals(outcome.payload?.errors ?? []);
    setTrouble(refusalOf(outcome));
    const { payload } = outcome;
    if (payload?.apiKey) setMade({ apiKey: payload.apiKey, endsAt: payload.previousKeyExpiresAt });
  };
  if (made !== undefined) {
    return (
      <Dialog title="The new key" onClose={onClose}>
        <SecretField label="SCIM API key" value={made.apiKey} />
        {made.endsAt !== null && (
          <p>
            Keys before it end on <When at={made.endsAt} />. Put the new one into the provider until
            then.
          </p>
        )}
        <DialogButtons>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </DialogButtons>
      </Dialog>
    );
  }
  const wrongName = refusalAt(refusals, "name");
  return (
    <Dialog title="Rotate the API key" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <p>A new key is made. OAuth clients and workload identities are left as they are.</p>
        {trouble !== undefined && wrongName === undefined && (
          <Notice tone="bad" isUrgent>
            {trouble}
          </Notice>
        )}
        <SelectField
          label="Keys of now end"
          value={overlap}
          onChange={(event) => setOverlap(event.target.value)}
          options={OVERLAPS}
        />
        <TextField
          {...KEY_NAME}
          label="Name of the new key"
          name="name"
          autoComplete="off"
          error={wrongName}
        />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={rotate.isRunning}>
            Rotate
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
