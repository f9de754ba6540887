// The mails that invited a member, newest first.
import { StatusBadge } from "../../ui/StatusBadge";
import { When } from "../../ui/When";
import type { MemberShown } from "./MemberFacts";
import styles from "./Members.module.css";
import { INVITATION_STATE } from "./words";

export type Invitation = MemberShown["invitations"]["nodes"][number];

export function MemberInvitations({ invitations }: { invitations: readonly Invitation[] }) {
  if (invitations.length === 0) return <p className={styles.soft}>No mail was made so far.</p>;
  return (
    <ul className={styles.plain}>
      {invitations.map((invitation) => {
        const [text, shape, tone] = INVITATION_STATE[invitation.state];
        return (
          <li key={invitation.id}>
            <div className={styles.state}>
              <StatusBadge shape={shape} tone={tone}>
                {text}
              </StatusBadge>
              <span>{invitation.sentTo}</span>
            </div>
            <div className={styles.soft}>
              <When at={invitation.sentAt ?? invitation.queuedAt} />
              {", ends "}
              <When at={invitation.expiresAt} />
              {invitation.lastError !== null && <> · {invitation.lastError}</>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
