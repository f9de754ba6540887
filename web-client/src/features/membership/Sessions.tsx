// Where the person is signed in, with a way to end what they do not know.
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { type Column, DataTable } from "../../ui/DataTable";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { useSay } from "../../ui/Toast";
import { When } from "../../ui/When";
import type { OwnSession } from "./Membership";
import { endSession } from "./query";
import { browserIn } from "./userAgent";
import { METHOD, SESSIONS } from "./words";

interface SessionsProps {
  sessions: readonly OwnSession[];
  onEnded: () => void;
}

export function Sessions({ sessions, onEnded }: SessionsProps) {
  const end = useChange(endSession, (data) => data.endSession);
  const [refusal, setRefusal] = useState<string>();
  const say = useSay();
  const run = async (sessionId: string) => {
    const why = refusalOf(await end.run({ input: { sessionId } }));
    setRefusal(why);
    if (why !== undefined) return;
    say(SESSIONS.ended);
    onEnded();
  };
  const columns: Column<OwnSession>[] = [
    { key: "device", heading: SESSIONS.device, isText: true, isPlain: true, cell: nameOf },
    { key: "method", heading: SESSIONS.method, cell: ({ method }) => METHOD[method] },
    {
      key: "since",
      heading: SESSIONS.since,
      isMinor: true,
      cell: ({ createdAt }) => <When at={createdAt} />,
    },
    {
      key: "seen",
      heading: SESSIONS.seen,
      cell: ({ lastSeenAt }) => lastSeenAt !== null && <When at={lastSeenAt} />,
    },
    {
      key: "end",
      heading: SESSIONS.end,
      isPlain: true,
      cell: (session) =>
        session.current ? (
          SESSIONS.current
        ) : (
          <Button
            look="danger"
            aria-label={SESSIONS.endNamed(nameOf(session))}
            onClick={() => run(session.id)}
          >
            {SESSIONS.end}
          </Button>
        ),
    },
  ];
  return (
    <Section title={SESSIONS.title}>
      {refusal !== undefined && (
        <Notice tone="bad" isUrgent>
          <p>{refusal}</p>
        </Notice>
      )}
      <DataTable
        caption={SESSIONS.list}
        columns={columns}
        rows={sessions}
        rowKey={({ id }) => id}
      />
    </Section>
  );
}

function nameOf({ userAgent, ip }: OwnSession): string {
  const name = browserIn(userAgent) ?? SESSIONS.unknown;
  return ip === null ? name : `${name}, ${ip}`;
}
