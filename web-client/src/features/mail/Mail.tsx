// The mailbox of a server that sends no mails: what it would have sent.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useQuery } from "urql";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { pageArguments, pagesBeside } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import { buttonClass } from "../../ui/Button";
import { type Column, DataTable } from "../../ui/DataTable";
import { Page } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { Empty } from "../../ui/states";
import { When } from "../../ui/When";
import { MailDrawer } from "./MailDrawer";
import { mailQuery } from "./query";
import { KIND, MAIL } from "./words";

type Found = NonNullable<ResultOf<typeof mailQuery>["organization"]>;
type Mails = NonNullable<Found["developmentMails"]>;
export type OneMail = Mails["nodes"][number];

export function Mail() {
  const { organization } = useSession();
  const search = useSearch({ from: "/o/$organization/mail" });
  const query = useQuery({
    query: mailQuery,
    variables: { slug: organization.slug, ...pageArguments(search) },
  });
  const isKept = query[0].data?.organization?.developmentMails != null;
  return (
    <Page title={MAIL.title} {...(isKept && { lead: MAIL.lead })}>
      <Loaded query={query} what="mails" lines={8}>
        {({ organization: found }) => <Mailbox mails={found?.developmentMails ?? null} />}
      </Loaded>
    </Page>
  );
}

function Mailbox({ mails }: { mails: Mails | null }) {
  const params = { organization: useSession().organization.slug };
  const { mail: open } = useSearch({ from: "/o/$organization/mail" });
  const navigate = useNavigate({ from: "/o/$organization/mail" });
  if (mails === null || mails.nodes.length === 0) {
    const isSending = mails === null;
    return (
      <Empty title={isSending ? MAIL.sentTitle : MAIL.emptyTitle}>
        <p>{isSending ? MAIL.sent : MAIL.empty}</p>
        <Link to="/o/$organization/members" params={params} className={buttonClass()}>
          {isSending ? MAIL.seeMembers : MAIL.members}
        </Link>
      </Empty>
    );
  }
  const { previous, next } = pagesBeside(mails.pageInfo);
  const go = (cursors: typeof previous) =>
    cursors && (() => navigate({ to: "/o/$organization/mail", search: cursors }));
  return (
    <>
      <DataTable
        caption={MAIL.caption}
        columns={COLUMNS}
        rows={mails.nodes}
        rowKey={({ id }) => id}
        current={open}
      />
      <Pager label={MAIL.pages} onPrevious={go(previous)} onNext={go(next)} />
      {open !== undefined && (
        <MailDrawer
          mail={mails.nodes.find(({ id }) => id === open)}
          onClose={() =>
            navigate({
              to: "/o/$organization/mail",
              search: ({ mail: _, ...kept }) => kept,
              resetScroll: false,
            })
          }
        />
      )}
    </>
  );
}

const COLUMNS: Column<OneMail>[] = [
  {
    key: "subject",
    heading: MAIL.subject,
    isPlain: true,
    isText: true,
    cell: ({ id, subject, sentTo }) => (
      <Link
        from="/o/$organization/mail"
        to="/o/$organization/mail"
        search={(before) => ({ ...before, mail: id })}
        resetScroll={false}
        aria-label={MAIL.open(subject, sentTo)}
      >
        {subject}
      </Link>
    ),
  },
  { key: "to", heading: MAIL.sentTo, isText: true, cell: ({ sentTo }) => sentTo },
  { key: "kind", heading: MAIL.kind, isMinor: true, cell: ({ kind }) => KIND[kind] },
  { key: "at", heading: MAIL.at, cell: ({ queuedAt }) => <When at={queuedAt} /> },
];
