// The invitation is for somebody else than who is signed in.
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { leaveSession } from "./query";
import { WRONG } from "./words";

export function WrongAccount({ email, onLeft }: { email: string; onLeft: () => void }) {
  const leave = useChange(leaveSession, (data) => data.signOut);
  const [refusal, setRefusal] = useState<string>();
  const run = async () => {
    const why = refusalOf(await leave.run({}));
    setRefusal(why);
    if (why === undefined) onLeft();
  };
  return (
    <>
      <p>{WRONG.text(email)}</p>
      <p>
        <Button look="primary" busy={leave.isRunning} onClick={run}>
          {WRONG.leave}
        </Button>
      </p>
      {refusal !== undefined && (
        <Notice tone="bad" isUrgent>
          <p>{refusal}</p>
        </Notice>
      )}
    </>
  );
}
