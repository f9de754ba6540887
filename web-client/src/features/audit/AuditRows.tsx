// One row for each event, with what it changed and the way to all that the same command did.
import { Link } from "@tanstack/react-router";
import type { ResultOf } from "../../graphql/graphql";
import { type Column, DataTable } from "../../ui/DataTable";
import { Changes } from "../../ui/JsonDiff";
import { When } from "../../ui/When";
import { originName } from "../../words";
import styles from "./Audit.module.css";
import type { auditQuery } from "./queries";

export type EventRow = NonNullable<
  ResultOf<typeof auditQuery>["organization"]
>["auditEvents"]["edges"][number]["node"];

const COLUMNS: readonly Column<EventRow>[] = [
  { key: "position", heading: "No.", isNumber: true, isMinor: true, cell: (row) => row.position },
  {
    key: "when",
    heading: "When",
    isPlain: true,
    cell: ({ occurredAt }) => <When at={occurredAt} />,
  },
  {
    key: "what",
    heading: "What",
    isPlain: true,
    isText: true,
    cell: (event) => (
      <div className={styles.what}>
        <span>{event.summary}</span>
        {event.changes.length > 0 && (
          <Changes
            changes={event.changes.map(({ attribute, before, after }) => ({
              name: attribute,
              before,
              after,
            }))}
          />
        )}
      </div>
    ),
  },
  { key: "action", heading: "Action", isMinor: true, cell: ({ action }) => <code>{action}</code> },
  {
    key: "way",
    heading: "Came by",
    cell: ({ origin, actorIp }) => (
      <>
        {originName(origin)}
        {actorIp !== null && <div className={styles.soft}>{actorIp}</div>}
      </>
    ),
  },
  {
    key: "correlation",
    heading: "Command",
    isPlain: true,
    cell: ({ correlationId, summary }) => (
      <Link
        from="/o/$organization/audit"
        to="/o/$organization/audit"
        search={{ correlation: correlationId }}
      >
        related<span className="visually-hidden"> events of: {summary}</span>
      </Link>
    ),
  },
];

interface AuditRowsProps {
  events: readonly EventRow[];
  isNew: (event: EventRow) => boolean;
}

export function AuditRows({ events, isNew }: AuditRowsProps) {
  return (
    <DataTable
      caption="History"
      columns={COLUMNS}
      rows={events}
      rowKey={({ id }) => id}
      isNew={isNew}
    />
  );
}
