// Which provider it is, and the switches where providers contradict each other.
import { type FormEvent, useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { Conflict } from "../../ui/Conflict";
import { DialogButtons } from "../../ui/Drawer";
import { CheckField, SelectField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { useSay } from "../../ui/Toast";
import { PROVIDER, providerName } from "../../words";
import { updateScimConnection } from "./changes";
import { type Draft, draftOf, inputOf, wordsOf } from "./draft";
import type { Connection } from "./Provisioning";
import styles from "./Settings.module.css";
import { SWITCHES } from "./words";

interface ProviderFormProps {
  connection: Connection;
  mayChange: boolean;
}

export function ProviderForm({ connection, mayChange }: ProviderFormProps) {
  const say = useSay();
  const update = useChange(updateScimConnection, (data) => data.updateScimConnection);
  const [seen, setSeen] = useState(connection);
  const [draft, setDraft] = useState<Draft>();
  const [trouble, setTrouble] = useState<{ code: string; message: string }>();
  const { organization } = useSession();
  const shown = draft ?? draftOf(connection);
  const change = (part: Partial<Draft>) => {
    if (draft === undefined) setSeen(connection);
    setDraft({ ...shown, ...part });
  };
  const save = async (base: Connection) => {
    const outcome = await update.run({ input: inputOf(organization.id, base, shown) });
    const message = refusalOf(outcome);
    if (message === undefined) {
      say("Saved.");
      setDraft(undefined);
      setTrouble(undefined);
    } else {
      setTrouble({ code: outcome.payload?.errors[0]?.code ?? "", message });
    }
  };
  const leave = () => {
    setDraft(undefined);
    setTrouble(undefined);
  };
  const isConflict = trouble?.code === "VERSION_CONFLICT";
  const detected = connection.detectedProvider;
  return (
    <Section title="Provider and switches">
      <form
        className={styles.form}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void save(seen);
        }}
        noValidate
      >
        {isConflict && (
          <Conflict
            differences={wordsOf(draftOf(connection), shown)}
            onKeepTheirs={leave}
            onUseMine={() => {
              setSeen(connection);
              void save(connection);
            }}
          />
        )}
        {trouble !== undefined && !isConflict && (
          <Notice tone="bad" isUrgent>
            {trouble.message}
          </Notice>
        )}
        <SelectField
          label="Identity provider"
          disabled={!mayChange}
          value={shown.provider}
          onChange={(event) => change({ provider: event.target.value as Draft["provider"] })}
          options={[["", "None in particular: neutral defaults"], ...Object.entries(PROVIDER)]}
          hint={
            detected !== null && detected !== connection.provider
              ? `By its calls it looks like ${providerName(detected)}.`
              : "Another provider brings its own defaults for the switches."
          }
        />
        {SWITCHES.map(({ field, label, options }) => (
          <SelectField
            key={field}
            label={label}
            disabled={!mayChange}
            value={shown[field]}
            onChange={(event) => change({ [field]: event.target.value })}
            options={options}
          />
        ))}
        <CheckField
          label="Refuse a group's change that names an unknown member"
          disabled={!mayChange}
          checked={shown.strictMemberIds}
          onChange={(event) => change({ strictMemberIds: event.target.checked })}
        />
        {draft !== undefined && (
          <DialogButtons>
            <Button onClick={leave}>Cancel</Button>
            <Button look="primary" type="submit" busy={update.isRunning}>
              Save
            </Button>
          </DialogButtons>
        )}
      </form>
    </Section>
  );
}
