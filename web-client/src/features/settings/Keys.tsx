// What the identity provider signs in with: made, replaced with an overlap, ended.
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { type Column, DataTable } from "../../ui/DataTable";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { useSay } from "../../ui/Toast";
import { When } from "../../ui/When";
import { revokeScimApiKey } from "./changes";
import { NewKeyDialog } from "./NewKeyDialog";
import type { Connection } from "./Provisioning";
import { RotateDialog } from "./RotateDialog";
import styles from "./Settings.module.css";
import { CREDENTIAL, looksLike } from "./words";

type Key = Connection["apiKeys"][number];

/** What tells a key apart where it was pasted. */
function knownBy({ hint, clientId, workloadIdentity }: Key): string {
  return workloadIdentity?.subject ?? clientId ?? looksLike("API_KEY", hint);
}

/** What a key is called here; one without a name by how it begins. */
function calledBy({ name, hint }: Key): string {
  return name ?? hint;
}

interface KeysProps {
  connection: Connection;
  mayChange: boolean;
}

export function Keys({ connection, mayChange }: KeysProps) {
  const [asked, setAsked] = useState<"new" | "rotate" | Key>();
  const close = () => setAsked(undefined);
  const columns: Column<Key>[] = [
    {
      key: "name",
      heading: "Name",
      isText: true,
      isPlain: true,
      cell: ({ name }) => name ?? <span className={styles.soft}>no name</span>,
    },
    { key: "kind", heading: "Kind", isPlain: true, cell: ({ kind }) => CREDENTIAL[kind] },
    {
      key: "hint",
      heading: "Looks like",
      isText: true,
      cell: (key) => <code>{knownBy(key)}</code>,
    },
    {
      key: "made",
      heading: "Made",
      isMinor: true,
      cell: ({ createdAt }) => <When at={createdAt} />,
    },
    {
      key: "used",
      heading: "Last used",
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : <When at={lastUsedAt} />),
    },
    {
      key: "ends",
      heading: "Ends",
      cell: ({ expiresAt }) => (expiresAt === null ? "never" : <When at={expiresAt} />),
    },
  ];
  if (mayChange) {
    columns.push({
      key: "revoke",
      heading: "Change",
      isPlain: true,
      cell: (key) => (
        <Button look="quiet" aria-label={`Revoke ${calledBy(key)}`} onClick={() => setAsked(key)}>
          Revoke
        </Button>
      ),
    });
  }
  return (
    <Section
      title="Keys"
      actions={
        mayChange && (
          <div className={styles.actions}>
            <Button onClick={() => setAsked("new")}>New key</Button>
            <Button onClick={() => setAsked("rotate")}>Rotate</Button>
          </div>
        )
      }
    >
      {connection.apiKeys.length === 0 ? (
        <p className={styles.soft}>No key works now. Make one to let the provider in.</p>
      ) : (
        <DataTable
          caption="Keys that work"
          columns={columns}
          rows={connection.apiKeys}
          rowKey={({ id }) => id}
        />
      )}
      {asked === "new" && <NewKeyDialog onClose={close} />}
      {asked === "rotate" && <RotateDialog onClose={close} />}
      {typeof asked === "object" && <RevokeDialog apiKey={asked} onClose={close} />}
    </Section>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: Key; onClose: () => void }) {
  const say = useSay();
  const revoke = useChange(revokeScimApiKey, (data) => data.revokeScimApiKey);
  const [trouble, setTrouble] = useState<string>();
  const run = async () => {
    const outcome = await revoke.run({ input: { scimApiKeyId: apiKey.id } });
    const refusal = refusalOf(outcome);
    setTrouble(refusal);
    if (refusal === undefined) {
      say("The key is revoked.");
      onClose();
    }
  };
  return (
    <Dialog title="Revoke this key?" onClose={onClose}>
      <p>
        {apiKey.name !== null && <strong>{apiKey.name} </strong>}
        <code>{knownBy(apiKey)}</code> stops working at once. If the provider still uses it, its
        next call is refused.
      </p>
      {trouble !== undefined && (
        <Notice tone="bad" isUrgent>
          {trouble}
        </Notice>
      )}
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" busy={revoke.isRunning} onClick={run}>
          Revoke
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
