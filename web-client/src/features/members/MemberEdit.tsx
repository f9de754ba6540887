// Changes attributes of a member that no provider owns.
import { type FormEvent, useState } from "react";
import { refusalAt, refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Conflict } from "../../ui/Conflict";
import { DialogButtons } from "../../ui/Drawer";
import { TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { useSay } from "../../ui/Toast";
import { updateMember } from "./changes";
import type { MemberShown } from "./MemberFacts";
import styles from "./Members.module.css";

const FIELDS = [
  ["displayName", "Display name"],
  ["email", "E-mail"],
  ["externalId", "External id"],
] as const;

type Values = Record<(typeof FIELDS)[number][0], string>;

const valuesOf = (member: MemberShown): Values => ({
  displayName: member.displayName ?? "",
  email: member.email ?? "",
  externalId: member.externalId ?? "",
});

export function MemberEdit({ member }: { member: MemberShown }) {
  const say = useSay();
  const change = useChange(updateMember, (data) => data.updateMember);
  const [seen, setSeen] = useState<MemberShown>();
  const [values, setValues] = useState(valuesOf(member));
  const [refusals, setRefusals] = useState<
    readonly { code: string; message: string; path: readonly string[] }[]
  >([]);
  const [trouble, setTrouble] = useState<string>();
  if (member.source === "SCIM") {
    return <p className={styles.soft}>The identity provider owns these: change them there.</p>;
  }
  const open = () => {
    setSeen(member);
    setValues(valuesOf(member));
    setRefusals([]);
    setTrouble(undefined);
  };
  if (seen === undefined) {
    return (
      <div className={styles.actions}>
        <Button onClick={open}>Edit</Button>
      </div>
    );
  }
  const before = valuesOf(seen);
  const now = valuesOf(member);
  const changed = FIELDS.filter(([field]) => values[field] !== before[field]);
  const save = async (expectedVersion: number) => {
    const parts = Object.fromEntries(
      changed.map(([field]) => [field, values[field].trim() === "" ? null : values[field].trim()]),
    );
    const outcome = await change.run({ input: { memberId: member.id, expectedVersion, ...parts } });
    const found = outcome.payload?.errors ?? [];
    setRefusals(found);
    setTrouble(found.some(({ path }) => path.length > 1) ? undefined : refusalOf(outcome));
    if (outcome.payload?.errors.length === 0) {
      say("Saved.");
      setSeen(undefined);
    }
  };
  const isConflict = refusals[0]?.code === "VERSION_CONFLICT";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed.length === 0) setSeen(undefined);
    else void save(seen.version);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {isConflict && (
        <Conflict
          differences={FIELDS.filter(
            ([field]) => now[field] !== values[field] || now[field] !== before[field],
          ).map(([field, name]) => ({
            name,
            theirs: now[field] || "nothing",
            yours: values[field] || "nothing",
          }))}
          onKeepTheirs={() => setSeen(undefined)}
          onUseMine={() => {
            setSeen(member);
            void save(member.version);
          }}
        />
      )}
      {!isConflict && trouble !== undefined && (
        <Notice tone="bad" isUrgent>
          {trouble}
        </Notice>
      )}
      {FIELDS.map(([field, label]) => (
        <TextField
          key={field}
          label={label}
          value={values[field]}
          onChange={(event) => setValues({ ...values, [field]: event.target.value })}
          error={refusalAt(refusals, field)}
        />
      ))}
      <DialogButtons>
        <Button onClick={() => setSeen(undefined)}>Cancel</Button>
        <Button look="primary" type="submit" busy={change.isRunning}>
          Save
        </Button>
      </DialogButtons>
    </form>
  );
}
