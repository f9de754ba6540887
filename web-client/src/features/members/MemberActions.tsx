// What can be done to one member: each action asks first, and says why where it cannot be done.
import { useState } from "react";
import { Button } from "../../ui/Button";
import { ActionDialog, type MemberVerb } from "./ActionDialog";
import type { MemberShown } from "./MemberFacts";
import styles from "./Members.module.css";
import { RoleDialog } from "./RoleDialog";
import { WHY_NOT } from "./words";

interface MemberActionsProps {
  member: MemberShown;
  /** After the member was removed. */
  onGone: () => void;
}

const VERBS = [
  ["reinvite", "Invite again", "plain"],
  ["restore", "Restore", "plain"],
  ["changeRole", "Change role", "plain"],
  ["revoke", "Revoke", "danger"],
  ["remove", "Remove", "danger"],
] as const;

export function MemberActions({ member, onGone }: MemberActionsProps) {
  const [asked, setAsked] = useState<MemberVerb | "changeRole">();
  const close = () => setAsked(undefined);
  const shown = VERBS.filter(([verb]) => {
    const { allowed, reason } = member.actions[verb];
    return allowed || reason !== "INVALID_TRANSITION";
  });
  const isStaged = member.status === "STAGED" && member.actions.reinvite.reason !== "FORBIDDEN";
  const cannotBeMailed = isStaged && member.email === null;
  return (
    <>
      <div className={styles.actions}>
        {isStaged && (
          <Button look="primary" disabled={cannotBeMailed} onClick={() => setAsked("invite")}>
            Invite
          </Button>
        )}
        {shown.map(([verb, text, look]) => {
          const { allowed, reason } = member.actions[verb];
          return (
            <Button
              key={verb}
              look={look}
              disabled={!allowed}
              title={reason === null ? undefined : WHY_NOT[reason]}
              onClick={() => setAsked(verb)}
            >
              {text}
            </Button>
          );
        })}
      </div>
      {cannotBeMailed && (
        <p className={styles.soft}>
          Without an e-mail address nobody can be invited: let the identity provider send one.
        </p>
      )}
      {asked === "changeRole" && <RoleDialog member={member} onClose={close} />}
      {asked !== undefined && asked !== "changeRole" && (
        <ActionDialog verb={asked} member={member} onClose={close} onGone={onGone} />
      )}
    </>
  );
}
