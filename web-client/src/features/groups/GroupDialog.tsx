// A form that makes a group of our own.
import { type FormEvent, useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { TextField } from "../../ui/Field";
import { useSay } from "../../ui/Toast";
import { createGroup } from "./queries";

interface GroupDialogProps {
  organizationId: string;
  onClose: () => void;
}

export function GroupDialog({ organizationId, onClose }: GroupDialogProps) {
  const say = useSay();
  const create = useChange(createGroup, (data) => data.createGroup);
  const [trouble, setTrouble] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const displayName = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    const outcome = await create.run({ input: { organizationId, displayName } });
    setTrouble(refusalOf(outcome));
    if (outcome.payload?.group) {
      say(`The group ${displayName} is made.`);
      onClose();
    }
  };
  return (
    <Dialog title="Make a group" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <TextField label="Name" name="name" autoComplete="off" error={trouble} />
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
