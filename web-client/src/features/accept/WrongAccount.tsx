// The invitation is for somebody else than who is signed in.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button, buttonClass } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import styles from "./Accept.module.css";
import { leaveSession } from "./query";
import { WRONG } from "./words";

interface WrongAccountProps {
  /** Whom the invitation is for. */
  email: string;
  signedInAs: string | null;
  onLeft: () => void;
}

export function WrongAccount({ email, signedInAs, onLeft }: WrongAccountProps) {
  const leave = useChange(leaveSession, (data) => data.signOut);
  const [refusal, setRefusal] = useState<string>();
  const run = async () => {
    const why = refusalOf(await leave.run({}));
    setRefusal(why);
    if (why === undefined) onLeft();
  };
  return (
    <>
      <p>{WRONG.text(email, signedInAs)}</p>
      <div className={styles.buttons}>
        <Button look="primary" busy={leave.isRunning} onClick={run}>
          {WRONG.leave}
        </Button>
        <Link to="/membership" className={buttonClass()}>
          {WRONG.stay}
        </Link>
      </div>
      {refusal !== undefined && (
        <Notice tone="bad" isUrgent>
          <p>{refusal}</p>
        </Notice>
      )}
    </>
  );
}
