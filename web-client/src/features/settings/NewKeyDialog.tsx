// Makes a key, an OAuth client or a workload identity, and shows once what is secret.
import { type FormEvent, useState } from "react";
import { type Refusal, refusalAt, refusalOf, useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { SelectField, TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { SecretField } from "../../ui/SecretField";
import { createScimApiKey } from "./changes";
import styles from "./Settings.module.css";
import { CREDENTIAL, KEY_NAME } from "./words";

type Kind = keyof typeof CREDENTIAL;

export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const { organization } = useSession();
  const create = useChange(createScimApiKey, (data) => data.createScimApiKey);
  const [kind, setKind] = useState<Kind>("API_KEY");
  const [made, setMade] = useState<{ apiKey: string | null; clientId: string | null }>();
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [trouble, setTrouble] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const word = (name: string) => String(form.get(name) ?? "").trim();
    const outcome = await create.run({
      input: {
        organizationId: organization.id,
        kind,
        idempotencyKey: crypto.randomUUID(),
        ...(word("name") !== "" && { name: word("name") }),
        ...(kind === "WORKLOAD_IDENTITY" && {
          workloadIdentity: {
            issuer: word("issuer"),
            subject: word("subject"),
            jwksUrl: word("jwksUrl"),
          },
        }),
      },
    });
    const found = outcome.payload?.errors ?? [];
    setRefusals(found);
    setTrouble(refusalOf(outcome));
    if (outcome.payload?.changed) setMade(outcome.payload);
  };
  if (made !== undefined) {
    return (
      <Dialog title={`New ${CREDENTIAL[kind]}`} onClose={onClose}>
        {made.clientId !== null && <CopyField label="Client id" value={made.clientId} />}
        {made.apiKey !== null && (
          <SecretField
            label={kind === "API_KEY" ? "SCIM API key" : "Client secret"}
            value={made.apiKey}
          />
        )}
        {kind !== "API_KEY" && (
          <CopyField label="Token endpoint" value={`${window.location.origin}/oauth/token`} />
        )}
        <DialogButtons>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </DialogButtons>
      </Dialog>
    );
  }
  const wrong = (field: string) => refusalAt(refusals, field);
  const isPlaced = refusals.some(({ path }) =>
    ["name", "issuer", "subject", "jwksUrl"].includes(path.at(-1) ?? ""),
  );
  return (
    <Dialog title="New key" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {trouble !== undefined && !isPlaced && (
          <Notice tone="bad" isUrgent>
            {trouble}
          </Notice>
        )}
        <SelectField
          label="How the provider signs in"
          value={kind}
          onChange={(event) => setKind(event.target.value as Kind)}
          options={Object.entries(CREDENTIAL)}
          hint={HINT[kind]}
        />
        <TextField {...KEY_NAME} name="name" autoComplete="off" error={wrong("name")} />
        {kind === "WORKLOAD_IDENTITY" && (
          <>
            <TextField label="Issuer" name="issuer" type="url" error={wrong("issuer")} />
            <TextField label="Subject" name="subject" error={wrong("subject")} />
            <TextField
              label="Address of the issuer's keys"
              name="jwksUrl"
              type="url"
              error={wrong("jwksUrl")}
            />
          </>
        )}
        <p className={styles.soft}>Keys that work already keep working.</p>
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

const HINT: Record<Kind, string> = {
  API_KEY: "A bearer key: what most providers ask for.",
  OAUTH_CLIENT: "Client credentials of OAuth 2.0: an id and a secret.",
  WORKLOAD_IDENTITY: "Assertions that the provider's own issuer signs, without a secret.",
};
