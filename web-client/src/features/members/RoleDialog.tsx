// Gives a member another role, or a set of permissions of its own.
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { type Scope, useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { Conflict } from "../../ui/Conflict";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { CheckField, SelectField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { useSay } from "../../ui/Toast";
import { ROLE } from "../../words";
import { changeMemberRole } from "./changes";
import type { MemberShown } from "./MemberFacts";
import styles from "./Members.module.css";
import { SCOPE_WORDS } from "./words";

type Role = MemberShown["role"];

export function RoleDialog({ member, onClose }: { member: MemberShown; onClose: () => void }) {
  const say = useSay();
  const { scopes } = useSession();
  const change = useChange(changeMemberRole, (data) => data.changeMemberRole);
  const [seen, setSeen] = useState(member);
  const [role, setRole] = useState<Role>(member.role);
  const [permissions, setPermissions] = useState<ReadonlySet<Scope>>(new Set(member.permissions));
  const [trouble, setTrouble] = useState<{ code: string; message: string }>();
  const save = async (expectedVersion: number) => {
    const outcome = await change.run({
      input: {
        memberId: member.id,
        role,
        expectedVersion,
        ...(role === "CUSTOM" && { permissions: [...permissions] }),
      },
    });
    const message = refusalOf(outcome);
    if (message === undefined) {
      say(`${member.displayName ?? member.userName} is ${ROLE[role]} now.`);
      onClose();
    } else {
      setTrouble({ code: outcome.payload?.errors[0]?.code ?? "", message });
    }
  };
  const isConflict = trouble?.code === "VERSION_CONFLICT";
  const toggle = (scope: Scope) => {
    const next = new Set(permissions);
    if (!next.delete(scope)) next.add(scope);
    setPermissions(next);
  };
  return (
    <Dialog title={`Role of ${member.displayName ?? member.userName}`} onClose={onClose}>
      {isConflict && (
        <Conflict
          differences={[
            { name: "Role", theirs: ROLE[member.role], yours: ROLE[role] },
            { name: "Version", theirs: String(member.version), yours: `you saw ${seen.version}` },
          ]}
          onKeepTheirs={onClose}
          onUseMine={() => {
            setSeen(member);
            void save(member.version);
          }}
        />
      )}
      {!isConflict && trouble !== undefined && (
        <Notice tone="bad" isUrgent>
          {trouble.message}
        </Notice>
      )}
      <SelectField
        label="Role"
        value={role}
        onChange={(event) => setRole(event.target.value as Role)}
        options={Object.entries(ROLE)}
        hint="Owners may do everything; admins all but change the organization; users nothing."
      />
      {role === "CUSTOM" && (
        <fieldset className={styles.scopes}>
          <legend>May</legend>
          {SCOPE_WORDS.map(([scope, text]) => (
            <CheckField
              key={scope}
              label={text}
              checked={permissions.has(scope)}
              disabled={!scopes.has(scope)}
              onChange={() => toggle(scope)}
            />
          ))}
        </fieldset>
      )}
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" busy={change.isRunning} onClick={() => save(seen.version)}>
          Change role
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
