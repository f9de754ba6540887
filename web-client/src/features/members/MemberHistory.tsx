// Events about a member and requests that changed nothing, merged into one line of time.
import { Link } from "@tanstack/react-router";
import { useSession } from "../../graphql/session";
import { shortPath } from "../../requestPath";
import { Changes } from "../../ui/JsonDiff";
import { StatusBadge } from "../../ui/StatusBadge";
import { type Moment, Timeline } from "../../ui/Timeline";
import { When } from "../../ui/When";
import { OUTCOME, originName } from "../../words";
import type { MemberShown } from "./MemberFacts";
import styles from "./Members.module.css";

type Entry =
  | NonNullable<MemberShown["timeline"]>["nodes"][number]
  | NonNullable<MemberShown["auditEvents"]>["nodes"][number];

export function MemberHistory({ entries }: { entries: readonly Entry[] }) {
  const { organization } = useSession();
  if (entries.length === 0) return <p className={styles.soft}>Nothing yet.</p>;
  const linkTo = (request: string, text: string) => (
    <Link
      to="/o/$organization/requests/$request"
      params={{ organization: organization.slug, request }}
    >
      {text}
    </Link>
  );
  const momentOf = (entry: Entry): Moment => {
    if ("receivedAt" in entry) {
      const [text, shape, tone] = OUTCOME[entry.outcome];
      return {
        key: entry.id,
        what: (
          <>
            <StatusBadge shape={shape} tone={tone}>
              {text}
            </StatusBadge>{" "}
            {linkTo(entry.id, `${entry.method} ${shortPath(entry.path)}`)}
          </>
        ),
        when: <When at={entry.receivedAt} />,
        by: `SCIM, ${entry.statusCode}`,
        more: entry.detail !== null && <p className={styles.soft}>{entry.detail}</p>,
        isTrouble: entry.outcome === "REJECTED" || entry.outcome === "FAILED",
      };
    }
    const request = "provisioningRequest" in entry ? entry.provisioningRequest : null;
    return {
      key: entry.id,
      what: entry.summary,
      when: <When at={entry.occurredAt} />,
      by: (
        <>
          {originName(entry.origin)}
          {request != null && <> · {linkTo(request.id, "request")}</>}
        </>
      ),
      more: entry.changes.length > 0 && (
        <Changes
          changes={entry.changes.map(({ attribute, before, after }) => ({
            name: attribute,
            before,
            after,
          }))}
        />
      ),
    };
  };
  return <Timeline label="What happened" moments={entries.map(momentOf)} />;
}
