// A form that makes a member and sends the invitation.
import { type FormEvent, useState } from "react";
import { type Refusal, refusalAt, refusalOf, useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { SelectField, TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { useSay } from "../../ui/Toast";
import { ROLE } from "../../words";
import { inviteMember } from "./changes";
import styles from "./Members.module.css";

interface InviteDialogProps {
  organizationId: string;
  onClose: () => void;
}

export function InviteDialog({ organizationId, onClose }: InviteDialogProps) {
  const say = useSay();
  const { organization } = useSession();
  const invite = useChange(inviteMember, (data) => data.inviteMember);
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [trouble, setTrouble] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email") ?? "").trim();
    const displayName = String(form.get("name") ?? "").trim();
    const role = String(form.get("role")) as "USER" | "ADMIN" | "OWNER";
    const outcome = await invite.run({
      input: { organizationId, email, role, ...(displayName !== "" && { displayName }) },
    });
    const found = outcome.payload?.errors ?? [];
    setRefusals(found);
    setTrouble(found.some(({ path }) => path.length > 1) ? undefined : refusalOf(outcome));
    if (outcome.payload?.member) {
      say(`${email} is invited.`);
      onClose();
    }
  };
  const wrong = (field: string) => refusalAt(refusals, field);
  return (
    <Dialog title="Invite a member" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <p>A mail with a link goes out, and a seat in {organization.name} is taken.</p>
        {trouble !== undefined && (
          <Notice tone="bad" isUrgent>
            {trouble}
          </Notice>
        )}
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="off"
          error={wrong("email")}
        />
        <TextField
          label="Name"
          name="name"
          autoComplete="off"
          hint="May be left empty."
          error={wrong("displayName")}
        />
        <SelectField
          label="Role"
          name="role"
          defaultValue="USER"
          hint="What the person may do here once confirmed. A user administers nothing."
          options={[
            ["USER", ROLE.USER],
            ["ADMIN", ROLE.ADMIN],
            ["OWNER", ROLE.OWNER],
          ]}
          error={wrong("role")}
        />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={invite.isRunning}>
            Invite
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
