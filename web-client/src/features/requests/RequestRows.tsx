// One row for each SCIM request.
import { Link } from "@tanstack/react-router";
import type { ResultOf } from "../../graphql/graphql";
import { shortPath } from "../../requestPath";
import { type Column, DataTable } from "../../ui/DataTable";
import { StatusBadge } from "../../ui/StatusBadge";
import { When } from "../../ui/When";
import { OUTCOME, providerName } from "../../words";
import type { requestsQuery } from "./queries";
import styles from "./Requests.module.css";

export type RequestRow = NonNullable<
  ResultOf<typeof requestsQuery>["organization"]
>["provisioningRequests"]["edges"][number]["node"];

interface RequestRowsProps {
  requests: readonly RequestRow[];
  current: string | undefined;
  isNew: (request: RequestRow) => boolean;
}

const COLUMNS: readonly Column<RequestRow>[] = [
  {
    key: "when",
    heading: "When",
    isPlain: true,
    cell: ({ receivedAt }) => <When at={receivedAt} />,
  },
  {
    key: "outcome",
    heading: "Outcome",
    isPlain: true,
    cell: ({ outcome }) => {
      const [text, shape, tone] = OUTCOME[outcome];
      return (
        <StatusBadge shape={shape} tone={tone}>
          {text}
        </StatusBadge>
      );
    },
  },
  {
    key: "what",
    heading: "Request",
    isPlain: true,
    isText: true,
    cell: (request) => (
      <div className={styles.what}>
        <Link
          from="/o/$organization/requests"
          to="/o/$organization/requests/$request"
          params={(kept) => ({ organization: kept.organization, request: request.id })}
          search={true}
        >
          <code>
            {request.method} {shortPath(request.path)}
          </code>
        </Link>
        <Gist request={request} />
      </div>
    ),
  },
  {
    key: "status",
    heading: "Status",
    isNumber: true,
    cell: ({ statusCode, scimType }) => (
      <>
        {statusCode}
        {scimType !== null && <span className={styles.soft}> {scimType}</span>}
      </>
    ),
  },
  {
    key: "provider",
    heading: "Provider",
    isMinor: true,
    cell: ({ provider }) => (provider === null ? "" : providerName(provider)),
  },
  {
    key: "took",
    heading: "Took",
    isNumber: true,
    isMinor: true,
    cell: ({ durationMs }) => `${durationMs} ms`,
  },
];

/** What matters about a request, in a line. */
function Gist({ request }: { request: RequestRow }) {
  if (request.detail !== null) return <span className={styles.soft}>{request.detail}</span>;
  const parts = [
    request.changedAttributes.length > 0 && `changed ${request.changedAttributes.join(", ")}`,
    request.warnings.length > 0 &&
      (request.warnings.length === 1 ? "1 warning" : `${request.warnings.length} warnings`),
  ].filter(Boolean);
  return parts.length === 0 ? null : <span className={styles.soft}>{parts.join(" · ")}</span>;
}

export function RequestRows({ requests, current, isNew }: RequestRowsProps) {
  return (
    <DataTable
      caption="SCIM requests"
      columns={COLUMNS}
      rows={requests}
      rowKey={({ id }) => id}
      current={current}
      isNew={isNew}
    />
  );
}
