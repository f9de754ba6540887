// Provisioning by SCIM: on or off, address and keys, the provider's switches, the guard.
import { useState } from "react";
import { useQuery } from "urql";
import { refusalOf, useChange } from "../../graphql/change";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { SecretField } from "../../ui/SecretField";
import { StatusBadge } from "../../ui/StatusBadge";
import { Empty } from "../../ui/states";
import { enableScim } from "./changes";
import { DisableDialog } from "./DisableDialog";
import { Guard } from "./Guard";
import { Keys } from "./Keys";
import { ProviderForm } from "./ProviderForm";
import { provisioningQuery } from "./queries";
import styles from "./Settings.module.css";

export type Connection = NonNullable<
  NonNullable<ResultOf<typeof provisioningQuery>["organization"]>["scimConnection"]
>;

export function Provisioning() {
  const { organization, scopes } = useSession();
  const query = useQuery({
    query: provisioningQuery,
    variables: { slug: organization.slug, members: scopes.has("MEMBERS_READ") },
  });
  // Kept here: what was shown once must outlive the reading anew that follows each change.
  const [firstKey, setFirstKey] = useState<string>();
  const mayChange = scopes.has("SCIM_ADMIN");
  return (
    <Loaded query={query} what="the settings" lines={8}>
      {({ organization: found }) => {
        const connection = found?.scimConnection ?? null;
        return (
          <>
            <SwitchOnOff connection={connection} mayChange={mayChange} onFirstKey={setFirstKey} />
            {firstKey !== undefined && (
              <SecretField label="SCIM API key, for your identity provider" value={firstKey} />
            )}
            {connection !== null && (
              <>
                <CopyField label="SCIM base URL" value={connection.baseUrl} />
                <Keys connection={connection} mayChange={mayChange} />
                <ProviderForm key={connection.id} connection={connection} mayChange={mayChange} />
                <Guard
                  key={`${connection.id}-guard`}
                  connection={connection}
                  mayChange={mayChange}
                />
              </>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

interface SwitchProps {
  connection: Connection | null;
  mayChange: boolean;
  onFirstKey: (key: string) => void;
}

function SwitchOnOff({ connection, mayChange, onFirstKey }: SwitchProps) {
  const { organization } = useSession();
  const enable = useChange(enableScim, (data) => data.enableScim);
  const [trouble, setTrouble] = useState<string>();
  const [isAsked, setAsked] = useState(false);
  const switchOn = async () => {
    const outcome = await enable.run({ input: { organizationId: organization.id } });
    setTrouble(refusalOf(outcome));
    if (outcome.payload?.apiKey) onFirstKey(outcome.payload.apiKey);
  };
  const button = mayChange && (
    <Button look="primary" busy={enable.isRunning} onClick={switchOn}>
      Switch SCIM on
    </Button>
  );
  const refused = trouble !== undefined && (
    <Notice tone="bad" isUrgent>
      {trouble}
    </Notice>
  );
  if (connection === null) {
    return (
      <Empty title="No identity provider is connected">
        <p>
          Switch SCIM on to get an address and a key. Put both into your identity provider, and it
          reports people and groups to Rollcall.
        </p>
        {button}
        {refused}
      </Empty>
    );
  }
  return (
    <Section
      title="Provisioning"
      actions={
        connection.enabled
          ? mayChange && (
              <Button look="danger" onClick={() => setAsked(true)}>
                Switch SCIM off
              </Button>
            )
          : button
      }
    >
      <div className={styles.state}>
        {connection.enabled ? (
          <StatusBadge shape="tick" tone="good">
            On
          </StatusBadge>
        ) : (
          <StatusBadge shape="bar" tone="calm">
            Off
          </StatusBadge>
        )}
        <span className={styles.soft}>
          {connection.enabled
            ? "The identity provider may report people and groups."
            : "Every key is refused until it is switched on again; none is lost."}
        </span>
      </div>
      {refused}
      {isAsked && <DisableDialog onClose={() => setAsked(false)} />}
    </Section>
  );
}
