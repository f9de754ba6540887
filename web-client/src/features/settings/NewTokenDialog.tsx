// Makes an access token with chosen scopes, and shows it once.
import { type FormEvent, useState } from "react";
import { type Refusal, refusalAt, refusalOf, useChange } from "../../graphql/change";
import { type Scope, useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { CheckField, SelectField, TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { SecretField } from "../../ui/SecretField";
import { createAccessToken } from "./changes";
import styles from "./Settings.module.css";
import { LIFETIMES, SCOPES } from "./words";

const DAY_MS = 86_400_000;

export function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const { organization, scopes: own } = useSession();
  const create = useChange(createAccessToken, (data) => data.createAccessToken);
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [trouble, setTrouble] = useState<string>();
  const [secret, setSecret] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const days = Number(form.get("days"));
    const outcome = await create.run({
      input: {
        organizationId: organization.id,
        name: String(form.get("name") ?? "").trim(),
        scopes: form.getAll("scope") as Scope[],
        expiresAt: new Date(Date.now() + days * DAY_MS).toISOString(),
        idempotencyKey: crypto.randomUUID(),
      },
    });
    setRefusals(outcome.payload?.errors ?? []);
    setTrouble(refusalOf(outcome));
    setSecret(outcome.payload?.secret ?? undefined);
  };
  if (secret !== undefined) {
    return (
      <Dialog title="The new token" onClose={onClose}>
        <SecretField label="Access token" value={secret} />
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
    <Dialog title="New access token" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {trouble !== undefined && wrongName === undefined && (
          <Notice tone="bad" isUrgent>
            {trouble}
          </Notice>
        )}
        <TextField
          label="Name"
          name="name"
          autoComplete="off"
          hint="What it is for, to know it again by."
          error={wrongName}
        />
        <SelectField label="Lives for" name="days" defaultValue="90" options={LIFETIMES} />
        <fieldset className={styles.scopes}>
          <legend>May</legend>
          {SCOPES.map(([scope, text]) => (
            <CheckField
              key={scope}
              label={text}
              name="scope"
              value={scope}
              disabled={!own.has(scope)}
            />
          ))}
        </fieldset>
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={create.isRunning}>
            Make it
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
