// Renames a group of our own, or deletes it.
import { type FormEvent, useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Conflict } from "../../ui/Conflict";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { useSay } from "../../ui/Toast";
import styles from "./Groups.module.css";
import { deleteGroup, updateGroup } from "./queries";

interface Shown {
  id: string;
  version: number;
  displayName: string;
  memberCount: number;
}

interface GroupEditProps {
  group: Shown;
  /** After the group was deleted. */
  onGone: () => void;
}

export function GroupEdit({ group, onGone }: GroupEditProps) {
  const [asked, setAsked] = useState<"rename" | "delete">();
  const close = () => setAsked(undefined);
  return (
    <>
      <div className={styles.actions}>
        <Button onClick={() => setAsked("rename")}>Rename</Button>
        <Button look="danger" onClick={() => setAsked("delete")}>
          Delete
        </Button>
      </div>
      {asked === "rename" && <Rename group={group} onClose={close} />}
      {asked === "delete" && <Delete group={group} onClose={close} onGone={onGone} />}
    </>
  );
}

function Rename({ group, onClose }: { group: Shown; onClose: () => void }) {
  const say = useSay();
  const update = useChange(updateGroup, (data) => data.updateGroup);
  const [seen, setSeen] = useState(group);
  const [name, setName] = useState(group.displayName);
  const [trouble, setTrouble] = useState<{ code: string; message: string }>();
  const save = async (expectedVersion: number) => {
    const displayName = name.trim();
    const outcome = await update.run({
      input: { groupId: group.id, displayName, expectedVersion },
    });
    const message = refusalOf(outcome);
    if (message === undefined) {
      say("Saved.");
      onClose();
    } else {
      setTrouble({ code: outcome.payload?.errors[0]?.code ?? "", message });
    }
  };
  const isConflict = trouble?.code === "VERSION_CONFLICT";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(seen.version);
  };
  return (
    <Dialog title="Rename the group" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        {isConflict && (
          <Conflict
            differences={[
              { name: "Name", theirs: group.displayName, yours: name },
              {
                name: "Members",
                theirs: String(group.memberCount),
                yours: `you saw ${seen.memberCount}`,
              },
            ]}
            onKeepTheirs={onClose}
            onUseMine={() => {
              setSeen(group);
              void save(group.version);
            }}
          />
        )}
        <TextField
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={isConflict ? undefined : trouble?.message}
        />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={update.isRunning}>
            Save
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function Delete({
  group,
  onClose,
  onGone,
}: {
  group: Shown;
  onClose: () => void;
  onGone: () => void;
}) {
  const say = useSay();
  const remove = useChange(deleteGroup, (data) => data.deleteGroup);
  const [trouble, setTrouble] = useState<string>();
  const run = async () => {
    const outcome = await remove.run({
      input: { groupId: group.id, expectedVersion: group.version },
    });
    const message = refusalOf(outcome);
    setTrouble(message);
    if (message === undefined) {
      say(`The group ${group.displayName} is deleted.`);
      onClose();
      onGone();
    }
  };
  return (
    <Dialog title={`Delete ${group.displayName}?`} onClose={onClose}>
      <p>Its members stay members of the organization. The history of the group stays, too.</p>
      {trouble !== undefined && (
        <Notice tone="bad" isUrgent>
          {trouble}
        </Notice>
      )}
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" busy={remove.isRunning} onClick={run}>
          Delete
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
