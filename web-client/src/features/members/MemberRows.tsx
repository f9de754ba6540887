// One row for each member.
import { Link } from "@tanstack/react-router";
import type { ResultOf } from "../../graphql/graphql";
import { type Column, DataTable } from "../../ui/DataTable";
import { StatusBadge } from "../../ui/StatusBadge";
import { When } from "../../ui/When";
import { MEMBER_STATUS, ROLE, SOURCE } from "../../words";
import styles from "./Members.module.css";
import type { membersQuery } from "./queries";

export type MemberRow = NonNullable<
  ResultOf<typeof membersQuery>["organization"]
>["members"]["nodes"][number];

interface MemberRowsProps {
  members: readonly MemberRow[];
  /** The one whose drawer is open. */
  current: string | undefined;
  selection?: { selected: ReadonlySet<string>; onChange: (ids: ReadonlySet<string>) => void };
}

const COLUMNS: readonly Column<MemberRow>[] = [
  {
    key: "who",
    heading: "Member",
    isPlain: true,
    isText: true,
    cell: (member) => (
      <Link
        className={styles.name}
        from="/o/$organization/members"
        to="/o/$organization/members/$member"
        params={(kept) => ({ organization: kept.organization, member: member.id })}
        search={true}
      >
        {member.displayName ?? member.userName}
      </Link>
    ),
  },
  {
    key: "email",
    heading: "E-mail",
    isPlain: true,
    isText: true,
    cell: ({ email }) => email ?? <span className={styles.soft}>none</span>,
  },
  {
    key: "status",
    heading: "Status",
    isPlain: true,
    cell: ({ status }) => {
      const [text, shape, tone] = MEMBER_STATUS[status];
      return (
        <StatusBadge shape={shape} tone={tone}>
          {text}
        </StatusBadge>
      );
    },
  },
  { key: "role", heading: "Role", cell: ({ role }) => ROLE[role] },
  { key: "source", heading: "Came by", cell: ({ source }) => SOURCE[source], isMinor: true },
  {
    key: "changed",
    heading: "Last changed",
    cell: ({ updatedAt }) => <When at={updatedAt} />,
    isMinor: true,
  },
];

export function MemberRows({ members, current, selection }: MemberRowsProps) {
  return (
    <DataTable
      caption="Members"
      columns={COLUMNS}
      rows={members}
      rowKey={(member) => member.id}
      rowName={(member) => member.userName}
      current={current}
      selection={selection}
    />
  );
}
