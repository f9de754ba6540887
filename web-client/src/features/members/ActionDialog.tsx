// Asks before an action on one member, does it, and shows what somebody else did meanwhile.
import { useState } from "react";
import { type Outcome, refusalOf, useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { Conflict } from "../../ui/Conflict";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { useSay } from "../../ui/Toast";
import { inviteStaged } from "./bulk";
import { reinviteMember, removeMember, restoreMember, revokeMember } from "./changes";
import { differencesOf } from "./differences";
import type { MemberShown } from "./MemberFacts";

export type MemberVerb = "invite" | "reinvite" | "restore" | "revoke" | "remove";

const WORDS = {
  invite: ["Invite", "gets an invitation by mail, and takes a seat.", "is invited."],
  reinvite: [
    "Invite again",
    "gets a new link by mail. Links before it stop working.",
    "is invited again.",
  ],
  restore: ["Restore", "is again what they were before the revocation.", "is restored."],
  revoke: [
    "Revoke",
    "loses access within a second and frees the seat. Everything else is kept for a restore.",
    "is revoked.",
  ],
  remove: [
    "Remove",
    "is no member any more and leaves every group. This cannot be taken back; the history stays.",
    "is removed.",
  ],
} as const;

interface ActionDialogProps {
  verb: MemberVerb;
  member: MemberShown;
  onClose: () => void;
  onGone: () => void;
}

type AnyOutcome = Outcome<{
  changed: boolean;
  errors: readonly { code: string; message: string; path: readonly string[] }[];
}>;

export function ActionDialog({ verb, member, onClose, onGone }: ActionDialogProps) {
  const say = useSay();
  const { organization } = useSession();
  const [seen, setSeen] = useState(member);
  const [reason, setReason] = useState("");
  const [outcome, setOutcome] = useState<AnyOutcome>();
  const invite = useChange(inviteStaged, ({ bulk }) => ({
    changed: bulk.changed,
    errors: [...bulk.errors, ...bulk.results.flatMap(({ errors }) => errors)],
  }));
  const reinvite = useChange(reinviteMember, (data) => data.reinviteMember);
  const restore = useChange(restoreMember, (data) => data.restoreMember);
  const revoke = useChange(revokeMember, (data) => data.revokeMember);
  const remove = useChange(removeMember, (data) => data.removeMember);
  const [title, meaning, done] = WORDS[verb];
  const name = member.displayName ?? member.userName;

  const run = async (expectedVersion: number) => {
    const input = { memberId: member.id, expectedVersion };
    const kept = reason.trim() === "" ? {} : { reason: reason.trim() };
    const key = { memberId: member.id, idempotencyKey: crypto.randomUUID() };
    const attempt = {
      invite: () =>
        invite.run({ input: { organizationId: organization.id, memberIds: [member.id] } }),
      reinvite: () => reinvite.run({ input: key }),
      restore: () => restore.run({ input }),
      revoke: () => revoke.run({ input: { ...input, ...kept } }),
      remove: () => remove.run({ input }),
    }[verb];
    const came: AnyOutcome = await attempt();
    setOutcome(came);
    if (refusalOf(came) === undefined) {
      say(`${name} ${done}`);
      onClose();
      if (verb === "remove") onGone();
    }
  };

  const isConflict = outcome?.payload?.errors[0]?.code === "VERSION_CONFLICT";
  const trouble = isConflict || outcome === undefined ? undefined : refusalOf(outcome);
  return (
    <Dialog title={`${title}: ${name}`} onClose={onClose}>
      <p>
        {name} {meaning}
      </p>
      {trouble !== undefined && (
        <Notice tone="bad" isUrgent>
          {trouble}
        </Notice>
      )}
      {isConflict && (
        <Conflict
          differences={differencesOf(seen, member, title)}
          onKeepTheirs={onClose}
          onUseMine={() => {
            setSeen(member);
            void run(member.version);
          }}
        />
      )}
      {verb === "revoke" && (
        <TextField
          label="Reason"
          hint="Kept with the member and in the history. May be left empty."
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      {!isConflict && (
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look={verb === "revoke" || verb === "remove" ? "danger" : "primary"}
            busy={[invite, reinvite, restore, revoke, remove].some(({ isRunning }) => isRunning)}
            onClick={() => run(seen.version)}
          >
            {title}
          </Button>
        </DialogButtons>
      )}
    </Dialog>
  );
}
