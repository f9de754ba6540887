// The list of members: by status, with filters, and with what can be done to several.
import { Link, Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery } from "urql";
import { useCounts } from "../../graphql/counts";
import { Loaded } from "../../graphql/Loaded";
import { pageArguments, pagesBeside } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import { Button, buttonClass } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { Empty } from "../../ui/states";
import { Tabs } from "../../ui/Tabs";
import { filterOf } from "./filter";
import { InviteDialog } from "./InviteDialog";
import { MemberBulk } from "./MemberBulk";
import { MemberFilters } from "./MemberFilters";
import { MemberRows } from "./MemberRows";
import styles from "./Members.module.css";
import { useNews } from "./news";
import { membersQuery } from "./queries";
import { changedSince, ORDER, people, STATUS_TABS } from "./words";

export function Members() {
  const { organization, scopes } = useSession();
  const search = useSearch({ from: "/o/$organization/members" });
  const { member } = useParams({ strict: false });
  const navigate = useNavigate({ from: "/o/$organization/members" });
  const [isInviting, setInviting] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { counts: liveCounts } = useCounts();
  const { field, direction } = ORDER[search.order ?? "newest"];
  const filter = filterOf(search);
  const query = useQuery({
    query: membersQuery,
    variables: {
      slug: organization.slug,
      filter,
      order: { field, direction },
      groupId: search.group ?? "",
      inGroup: search.group !== undefined && scopes.has("GROUPS_READ"),
      groups: scopes.has("GROUPS_READ"),
      ...pageArguments(search),
    },
  });
  const news = useNews(query[0].data?.organization?.members.nodes);
  const isFiltered = Object.keys(filter).length > 0;
  const mayWrite = scopes.has("MEMBERS_WRITE");
  const params = { organization: organization.slug };
  const counts = liveCounts ?? query[0].data?.organization?.memberCounts;
  return (
    <Page
      title="Members"
      actions={
        mayWrite && (
          <Button look="primary" onClick={() => setInviting(true)}>
            Invite a member
          </Button>
        )
      }
    >
      <Tabs
        label="Members by status"
        tabs={STATUS_TABS.map(([status, key, text]) => ({
          key,
          text,
          count: counts?.[key],
          link: (className, content) => (
            <Link
              to="/o/$organization/members"
              params={params}
              search={({ after: _, before: __, ...kept }) => ({ ...kept, status })}
              aria-current={search.status === status ? "page" : undefined}
              activeProps={{}}
              className={className}
              onClick={() => setSelected(new Set())}
            >
              {content}
            </Link>
          ),
        }))}
      />
      <MemberFilters
        search={search}
        group={query[0].data?.organization?.group ?? undefined}
        groups={query[0].data?.organization?.groups}
      />
      <p role="status" className={styles.news}>
        {news > 0 && (
          <>
            {changedSince(news)}{" "}
            <Button onClick={() => query[1]({ requestPolicy: "network-only" })}>Show</Button>
          </>
        )}
      </p>
      <Loaded query={query} what="members" lines={12}>
        {({ organization: found }) => {
          const members = found?.members;
          if (members === undefined || members.nodes.length === 0) {
            return isFiltered ? (
              <Empty title="Nobody like that">
                <p>No member meets these filters.</p>
                <Link to="/o/$organization/members" params={params} className={buttonClass()}>
                  Clear filters
                </Link>
              </Empty>
            ) : (
              <Empty title="No members yet">
                <p>Invite the first, or let your identity provider report people over SCIM.</p>
                <Link to="/o/$organization/settings" params={params} className={buttonClass()}>
                  Set up provisioning
                </Link>
              </Empty>
            );
          }
          const { previous, next } = pagesBeside(members.pageInfo);
          const go = (cursors: typeof previous) =>
            cursors &&
            (() =>
              navigate({
                to: "/o/$organization/members",
                search: ({ after: _, before: __, ...kept }) => ({ ...kept, ...cursors }),
              }));
          return (
            <>
              <MemberRows
                members={members.nodes}
                current={member}
                {...(mayWrite && { selection: { selected, onChange: setSelected } })}
              />
              <Pager label="Pages of members" onPrevious={go(previous)} onNext={go(next)}>
                {people(members.totalCount)}
              </Pager>
              <MemberBulk
                organizationId={found?.id ?? ""}
                selected={selected}
                members={members.nodes}
                filter={filter}
                status={search.status}
                total={members.totalCount}
                onClear={() => setSelected(new Set())}
                onChanged={() => query[1]({ requestPolicy: "network-only" })}
              />
            </>
          );
        }}
      </Loaded>
      <Outlet />
      {isInviting && (
        <InviteDialog organizationId={organization.id} onClose={() => setInviting(false)} />
      )}
    </Page>
  );
}
