// A link that does not work: why, and the way on.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button, buttonClass } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import type { Invitation } from "./Accept";
import styles from "./Accept.module.css";
import { requestNewLink } from "./query";
import { DEVELOPMENT, DONE, NEW_LINK, type Void } from "./words";

interface VoidLinkProps {
  about: Void;
  token?: string;
  invitation?: Invitation;
  /** The address of whoever is signed in in this browser. */
  signedInAs?: string | null;
  isDevelopment?: boolean;
}

export function VoidLink(props: VoidLinkProps) {
  const { about, token, invitation, signedInAs = null, isDevelopment = false } = props;
  const request = useChange(requestNewLink, (data) => data.requestNewInvitationLink);
  const [answer, setAnswer] = useState<string>();
  const ask = async () => {
    const outcome = await request.run({ input: { token: token ?? "" } });
    setAnswer(refusalOf(outcome) ?? NEW_LINK.asked);
  };
  return (
    <>
      {invitation !== undefined && (
        <p>
          {invitation.organizationName} · {invitation.email}
        </p>
      )}
      <p>{(signedInAs !== null && about.textSignedIn) || about.text}</p>
      {answer !== undefined && (
        <Notice tone="news" isUrgent>
          <p>
            {answer} {isDevelopment && DEVELOPMENT}
          </p>
        </Notice>
      )}
      <div className={styles.buttons}>
        {about.canAsk && answer === undefined && (
          <Button look="primary" busy={request.isRunning} onClick={ask}>
            {NEW_LINK.ask}
          </Button>
        )}
        {signedInAs === null ? (
          <Link to="/sign-in" className={buttonClass()}>
            {NEW_LINK.signIn}
          </Link>
        ) : (
          <Link to="/membership" className={buttonClass()}>
            {DONE.go}
          </Link>
        )}
      </div>
    </>
  );
}
