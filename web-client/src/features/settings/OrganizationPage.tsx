// The organization itself: its name, its seats, its policies.
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useQuery } from "urql";
import { type Refusal, refusalAt, refusalOf, useChange } from "../../graphql/change";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { Conflict } from "../../ui/Conflict";
import { CopyField } from "../../ui/CopyField";
import { DialogButtons } from "../../ui/Drawer";
import { Facts } from "../../ui/Facts";
import { CheckField, TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { Empty } from "../../ui/states";
import { useSay } from "../../ui/Toast";
import { When } from "../../ui/When";
import { updateOrganization } from "./changes";
import { organizationQuery } from "./queries";
import styles from "./Settings.module.css";

type Shown = NonNullable<ResultOf<typeof organizationQuery>["organization"]>;

export function OrganizationPage() {
  const { organization, scopes } = useSession();
  const query = useQuery({ query: organizationQuery, variables: { slug: organization.slug } });
  return (
    <Loaded query={query} what="the organization" lines={6}>
      {({ organization: found }) =>
        found === null ? (
          <Empty title="No such organization">
            <p>It may have another address by now.</p>
          </Empty>
        ) : (
          <Section title="Organization">
            <Facts
              facts={[
                ["Short name", <code key="slug">{found.slug}</code>],
                ["Since", <When key="since" at={found.createdAt} isDay />],
                ["Seats taken", found.seats.occupied.toLocaleString("en")],
                [
                  "Key handshake",
                  found.keyHandshake === "REQUIRED"
                    ? `Required; key version ${found.keyVersion}`
                    : "Off: confirming is an approval only",
                ],
              ]}
            />
            <p>
              <Link to="/o/$organization/key" params={{ organization: organization.slug }}>
                The organization's key, and who holds it
              </Link>
            </p>
            <CopyField label="Organization id, for the API" value={found.id} />
            <OrganizationForm
              key={found.id}
              shown={found}
              mayChange={scopes.has("ORGANIZATION_WRITE")}
            />
          </Section>
        )
      }
    </Loaded>
  );
}

interface Draft {
  name: string;
  seats: string;
  domains: string;
  singleOrganization: boolean;
}

const draftOf = ({ name, seats, policies }: Shown): Draft => ({
  name,
  seats: seats.limit === null ? "" : String(seats.limit),
  domains: policies.allowedEmailDomains.join(", "),
  singleOrganization: policies.singleOrganization,
});

function OrganizationForm({ shown, mayChange }: { shown: Shown; mayChange: boolean }) {
  const say = useSay();
  const update = useChange(updateOrganization, (data) => data.updateOrganization);
  const [seen, setSeen] = useState(shown);
  const [draft, setDraft] = useState<Draft>();
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [trouble, setTrouble] = useState<string>();
  const now = draftOf(shown);
  const values = draft ?? now;
  const change = (part: Partial<Draft>) => {
    if (draft === undefined) setSeen(shown);
    setDraft({ ...values, ...part });
  };
  const leave = () => {
    setDraft(undefined);
    setRefusals([]);
    setTrouble(undefined);
  };
  const save = async (base: Shown) => {
    const before = draftOf(base);
    const domains = values.domains.split(/[\s,]+/).filter(Boolean);
    const policies = {
      ...(values.domains !== before.domains && { allowedEmailDomains: domains }),
      ...(values.singleOrganization !== before.singleOrganization && {
        singleOrganization: values.singleOrganization,
      }),
    };
    const outcome = await update.run({
      input: {
        organizationId: shown.id,
        expectedVersion: base.version,
        ...(values.name !== before.name && { name: values.name.trim() }),
        ...(values.seats !== before.seats && {
          seatLimit: values.seats.trim() === "" ? null : Number(values.seats),
        }),
        ...(Object.keys(policies).length > 0 && { policies }),
      },
    });
    const found = outcome.payload?.errors ?? [];
    setRefusals(found);
    setTrouble(refusalOf(outcome));
    if (found.length === 0 && outcome.payload !== undefined) {
      say("Saved.");
      leave();
    }
  };
  const wrong = (field: string) => refusalAt(refusals, field);
  const isConflict = refusals[0]?.code === "VERSION_CONFLICT";
  const isPlaced = ["name", "seatLimit", "allowedEmailDomains"].some(wrong);
  return (
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
          differences={[
            { name: "Name", theirs: now.name, yours: values.name },
            { name: "Seats", theirs: now.seats || "no limit", yours: values.seats || "no limit" },
            { name: "Domains", theirs: now.domains || "all", yours: values.domains || "all" },
          ].filter(({ theirs, yours }, index) => theirs !== yours || index === 0)}
          onKeepTheirs={leave}
          onUseMine={() => {
            setSeen(shown);
            void save(shown);
          }}
        />
      )}
      {trouble !== undefined && !isConflict && !isPlaced && (
        <Notice tone="bad" isUrgent>
          {trouble}
        </Notice>
      )}
      <TextField
        label="Name"
        disabled={!mayChange}
        value={values.name}
        onChange={(event) => change({ name: event.target.value })}
        error={wrong("name")}
      />
      <TextField
        label="Seats"
        inputMode="numeric"
        disabled={!mayChange}
        value={values.seats}
        hint="How many may have access. Empty: no limit. A lower limit puts nobody out."
        onChange={(event) => change({ seats: event.target.value })}
        error={wrong("seatLimit")}
      />
      <TextField
        label="Allowed e-mail domains"
        disabled={!mayChange}
        value={values.domains}
        hint="Separated by commas. Empty: addresses of every domain."
        onChange={(event) => change({ domains: event.target.value })}
        error={wrong("allowedEmailDomains")}
      />
      <CheckField
        label="Members belong to no other organization of this server"
        disabled={!mayChange}
        checked={values.singleOrganization}
        onChange={(event) => change({ singleOrganization: event.target.checked })}
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
  );
}
