// One membership: how far it is, what it lets the person do, and the words of its keys.
import { Link } from "@tanstack/react-router";
import { MemberWords, OrganizationWords } from "../../handshake/Fingerprint";
import { kidOf, useUnlocked } from "../../handshake/useUnlocked";
import { buttonClass } from "../../ui/Button";
import { Facts } from "../../ui/Facts";
import { StatusBadge } from "../../ui/StatusBadge";
import { MEMBER_STATUS, ROLE } from "../../words";
import type { Account, OwnMembership } from "./Membership";
import styles from "./Membership.module.css";
import { KEY_STATE, MEMBERSHIP, STATUS_MEANING } from "./words";

interface MyOrganizationProps {
  account: Account;
  membership: OwnMembership;
}

export function MyOrganization({ account, membership }: MyOrganizationProps) {
  const { status, role, scopes, organizationSlug, keyState, memberUuid } = membership;
  const [word, shape, tone] = MEMBER_STATUS[status];
  const kid = kidOf(account.publicKey);
  const sharesKeys = membership.keyHandshake === "REQUIRED";
  return (
    <div className={styles.panel}>
      <p className={styles.state}>
        <StatusBadge shape={shape} tone={tone}>
          {word}
        </StatusBadge>
        {STATUS_MEANING[status]}
      </p>
      {keyState !== null && <KeyStateLine keyState={keyState} />}
      {status === "CONFIRMED" && <Facts facts={[[MEMBERSHIP.role, ROLE[role]]]} />}
      {sharesKeys && kid !== undefined && status !== "REVOKED" && (
        <div className={styles.words}>
          <h3>{MEMBERSHIP.words}</h3>
          <MemberWords label={MEMBERSHIP.words} kid={kid} memberUuid={memberUuid} />
          <p className={styles.hint}>{MEMBERSHIP.wordsWhy}</p>
        </div>
      )}
      <SharedKey kid={kid} membership={membership} />
      {scopes.length > 0 && (
        <p>
          <Link
            to="/o/$organization"
            params={{ organization: organizationSlug }}
            className={buttonClass()}
          >
            {MEMBERSHIP.open}
          </Link>
        </p>
      )}
    </div>
  );
}

function KeyStateLine({ keyState }: { keyState: keyof typeof KEY_STATE }) {
  const [word, shape, tone, meaning] = KEY_STATE[keyState];
  return (
    <p className={styles.state}>
      <StatusBadge shape={shape} tone={tone}>
        {word}
      </StatusBadge>
      {meaning}
    </p>
  );
}

function SharedKey(props: { kid: string | undefined; membership: OwnMembership }) {
  const { keyState, wrappedOrganizationKey, organizationUuid } = props.membership;
  const pair = useUnlocked(props.kid);
  if (keyState !== "CURRENT" || wrappedOrganizationKey === null) return null;
  return (
    <div className={styles.words}>
      <h3>{MEMBERSHIP.organizationWords}</h3>
      {pair === undefined ? (
        <p className={styles.hint}>{MEMBERSHIP.unlockFirst}</p>
      ) : (
        <>
          <OrganizationWords
            label={MEMBERSHIP.organizationWords}
            pair={pair}
            wrapped={wrappedOrganizationKey}
            organizationUuid={organizationUuid}
            closed={MEMBERSHIP.closed}
          />
          <p className={styles.hint}>{MEMBERSHIP.organizationWhy}</p>
        </>
      )}
    </div>
  );
}
