// The deprovision guard: what it lets pass, what it holds, and the decision about that.
import { type FormEvent, useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { DialogButtons } from "../../ui/Drawer";
import { CheckField, TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import { useSay } from "../../ui/Toast";
import { When } from "../../ui/When";
import { resolveGuard, updateScimConnection } from "./changes";
import type { Connection } from "./Provisioning";
import styles from "./Settings.module.css";
import { guardSays } from "./words";

interface GuardProps {
  connection: Connection;
  mayChange: boolean;
}

export function Guard({ connection, mayChange }: GuardProps) {
  const { guard } = connection;
  const [isEditing, setEditing] = useState(false);
  return (
    <Section
      title="Deprovision guard"
      actions={
        mayChange &&
        !isEditing && <Button onClick={() => setEditing(true)}>Change the guard</Button>
      }
    >
      <div className={styles.state}>
        {guard.state === "HOLDING" ? (
          <StatusBadge shape="bolt" tone="wait">
            Holding
          </StatusBadge>
        ) : (
          <StatusBadge
            shape={guard.enabled ? "tick" : "bar"}
            tone={guard.enabled ? "good" : "calm"}
          >
            {guard.enabled ? "Watching" : "Off"}
          </StatusBadge>
        )}
        <span className={styles.soft}>{guardSays(guard)}</span>
      </div>
      {guard.state === "HOLDING" && <Held connection={connection} mayChange={mayChange} />}
      {isEditing && <GuardForm connection={connection} onClose={() => setEditing(false)} />}
    </Section>
  );
}

function Held({ connection: { guard }, mayChange }: GuardProps) {
  const say = useSay();
  const { organization } = useSession();
  const resolve = useChange(resolveGuard, (data) => data.resolveDeprovisionGuard);
  const [trouble, setTrouble] = useState<string>();
  const decide = async (resolution: "RELEASE" | "REFUSE") => {
    const outcome = await resolve.run({ input: { organizationId: organization.id, resolution } });
    const refusal = refusalOf(outcome);
    setTrouble(refusal);
    if (refusal === undefined) {
      say(
        resolution === "RELEASE"
          ? "All that was held is carried out."
          : "All that was held is dropped.",
      );
    }
  };
  return (
    <Notice
      tone="wait"
      title={`${guard.held.toLocaleString("en")} revocations and removals wait`}
      isUrgent
    >
      {guard.since !== null && (
        <p>
          Held since <When at={guard.since} />. If the provider was right, release them. If somebody
          made a mistake there, refuse them and mend it first.
        </p>
      )}
      {guard.heldItems != null && (
        <ul className={styles.held}>
          {guard.heldItems.nodes.map(({ memberLabel, action, heldAt }) => (
            <li key={`${memberLabel}-${action}`}>
              {action === "REMOVE" ? "Remove" : "Revoke"} {memberLabel}, <When at={heldAt} />
            </li>
          ))}
        </ul>
      )}
      {trouble !== undefined && <p role="alert">{trouble}</p>}
      {mayChange && (
        <div className={styles.actions}>
          <Button look="danger" busy={resolve.isRunning} onClick={() => decide("RELEASE")}>
            Release
          </Button>
          <Button busy={resolve.isRunning} onClick={() => decide("REFUSE")}>
            Refuse
          </Button>
        </div>
      )}
    </Notice>
  );
}

function GuardForm({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const say = useSay();
  const { organization } = useSession();
  const update = useChange(updateScimConnection, (data) => data.updateScimConnection);
  const [trouble, setTrouble] = useState<string>();
  const { guard } = connection;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const outcome = await update.run({
      input: {
        organizationId: organization.id,
        guardEnabled: form.get("enabled") === "on",
        guardMaxMembers: Number(form.get("members")),
        guardMaxPercent: Number(form.get("percent")),
        expectedVersion: connection.version,
      },
    });
    const refusal = refusalOf(outcome);
    setTrouble(refusal);
    if (refusal === undefined) {
      say("Saved.");
      onClose();
    }
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {trouble !== undefined && (
        <Notice tone="bad" isUrgent>
          {trouble}
        </Notice>
      )}
      <CheckField label="The guard is on" name="enabled" defaultChecked={guard.enabled} />
      <TextField
        label="So many pass within an hour at any rate"
        name="members"
        type="number"
        min={0}
        defaultValue={guard.maxMembers}
      />
      <TextField
        label="So many of a hundred members pass"
        name="percent"
        type="number"
        min={0}
        max={100}
        defaultValue={guard.maxPercent}
      />
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" type="submit" busy={update.isRunning}>
          Save the guard
        </Button>
      </DialogButtons>
    </form>
  );
}
