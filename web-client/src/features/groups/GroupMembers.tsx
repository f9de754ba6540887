// Who is in a group, page by page; who is in one of ours can be put in and taken out.
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useClient } from "urql";
import { refusalOf, useChange } from "../../graphql/change";
import { problemOf } from "../../graphql/errors";
import type { ResultOf } from "../../graphql/graphql";
import { pagesBeside } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { type Column, DataTable } from "../../ui/DataTable";
import { TextField } from "../../ui/Field";
import { Pager } from "../../ui/Pager";
import { StatusBadge } from "../../ui/StatusBadge";
import { useSay } from "../../ui/Toast";
import { MEMBER_STATUS } from "../../words";
import styles from "./Groups.module.css";
import { changeGroupMembers, type groupQuery, memberByEmail } from "./queries";

type Group = NonNullable<NonNullable<ResultOf<typeof groupQuery>["organization"]>["group"]>;
type MembersPage = NonNullable<Group["members"]>;
type Row = MembersPage["nodes"][number];

interface GroupMembersProps {
  group: Pick<Group, "id" | "version">;
  page: MembersPage;
  mayChange: boolean;
}

export function GroupMembers({ group, page, mayChange }: GroupMembersProps) {
  const say = useSay();
  const { organization } = useSession();
  const navigate = useNavigate({ from: "/o/$organization/groups/$group" });
  const change = useChange(changeGroupMembers, (data) => data.changeGroupMembers);
  const takeOut = async (member: Row) => {
    const outcome = await change.run({ input: { groupId: group.id, remove: [member.id] } });
    say(refusalOf(outcome) ?? `${member.userName} is not in the group any more.`);
  };
  const columns: Column<Row>[] = [
    {
      key: "who",
      heading: "Member",
      isPlain: true,
      isText: true,
      cell: (member) => (
        <Link
          to="/o/$organization/members/$member"
          params={{ organization: organization.slug, member: member.id }}
        >
          {member.displayName ?? member.userName}
        </Link>
      ),
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
  ];
  if (mayChange) {
    columns.push({
      key: "out",
      heading: "Change",
      isPlain: true,
      cell: (member) => (
        <Button
          look="quiet"
          aria-label={`Take ${member.userName} out of the group`}
          onClick={() => takeOut(member)}
        >
          Take out
        </Button>
      ),
    });
  }
  const { previous, next } = pagesBeside(page.pageInfo);
  const go = (cursors: typeof previous) =>
    cursors &&
    (() =>
      navigate({
        to: "/o/$organization/groups/$group",
        search: ({ from: _, until: __, ...kept }) => ({
          ...kept,
          from: cursors.after,
          until: cursors.before,
        }),
      }));
  return (
    <>
      {mayChange && <AddMember groupId={group.id} />}
      {page.nodes.length === 0 ? (
        <p className={styles.soft}>Nobody is in this group.</p>
      ) : (
        <DataTable
          caption="Members of the group"
          columns={columns}
          rows={page.nodes}
          rowKey={({ id }) => id}
        />
      )}
      {(previous ?? next) !== undefined && (
        <Pager label="Pages of members" onPrevious={go(previous)} onNext={go(next)} />
      )}
    </>
  );
}

function AddMember({ groupId }: { groupId: string }) {
  const say = useSay();
  const client = useClient();
  const { organization } = useSession();
  const change = useChange(changeGroupMembers, (data) => data.changeGroupMembers);
  const [email, setEmail] = useState("");
  const [trouble, setTrouble] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = { slug: organization.slug, email: email.trim() };
    const found = await client.query(memberByEmail, wanted, { requestPolicy: "network-only" });
    if (found.error !== undefined) return setTrouble(problemOf(found.error).message);
    const member = found.data?.organization?.member;
    if (member == null) return setTrouble("No member has this e-mail.");
    const outcome = await change.run({ input: { groupId, add: [member.id] } });
    const refusal = refusalOf(outcome);
    setTrouble(refusal);
    if (refusal === undefined) {
      say(
        outcome.payload?.changed
          ? `${member.userName} is in the group.`
          : `${member.userName} was in the group already.`,
      );
      setEmail("");
    }
  };
  return (
    <form className={styles.add} onSubmit={submit} noValidate>
      <TextField
        label="Put a member in, by e-mail"
        type="email"
        autoComplete="off"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={trouble}
      />
      <Button type="submit" busy={change.isRunning}>
        Put in
      </Button>
    </form>
  );
}
