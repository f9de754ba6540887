// The list of groups, the provider's and our own.
import { Link, Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery } from "urql";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { pageArguments, pagesBeside } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import { Button, buttonClass } from "../../ui/Button";
import { type Column, DataTable } from "../../ui/DataTable";
import { FilterBar, FilterChoice } from "../../ui/FilterBar";
import { Page } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { Empty } from "../../ui/states";
import { When } from "../../ui/When";
import { SOURCE } from "../../words";
import { GroupDialog } from "./GroupDialog";
import { groupsQuery } from "./queries";
import type { groupsSearch } from "./search";

type Search = ReturnType<typeof groupsSearch>;
type Row = NonNullable<ResultOf<typeof groupsQuery>["organization"]>["groups"]["nodes"][number];

const HERE = "/o/$organization/groups";

const COLUMNS: readonly Column<Row>[] = [
  {
    key: "name",
    heading: "Group",
    isPlain: true,
    isText: true,
    cell: (group) => (
      <Link
        from={HERE}
        to="/o/$organization/groups/$group"
        params={(kept) => ({ organization: kept.organization, group: group.id })}
        search={true}
      >
        {group.displayName}
      </Link>
    ),
  },
  {
    key: "members",
    heading: "Members",
    isNumber: true,
    cell: ({ memberCount }) => memberCount.toLocaleString("en"),
  },
  { key: "source", heading: "Owned by", cell: ({ source }) => SOURCE[source] },
  {
    key: "changed",
    heading: "Last changed",
    cell: ({ updatedAt }) => <When at={updatedAt} />,
    isMinor: true,
  },
];

export function Groups() {
  const { organization, scopes } = useSession();
  const search = useSearch({ from: HERE });
  const { group } = useParams({ strict: false });
  const navigate = useNavigate({ from: HERE });
  const [isMaking, setMaking] = useState(false);
  const { after, before, ...filters } = search;
  const query = useQuery({
    query: groupsQuery,
    variables: {
      slug: organization.slug,
      filter: {
        ...(search.search !== undefined && { search: search.search }),
        ...(search.source !== undefined && { source: [search.source] }),
      },
      ...pageArguments(search),
    },
  });
  const isFiltered = Object.keys(filters).length > 0;
  const mayWrite = scopes.has("GROUPS_WRITE");
  const choose = (part: Partial<Record<keyof Search, string>>) =>
    navigate({
      to: HERE,
      search: { ...filters, ...(part as Partial<Search>) },
      replace: true,
    });
  const clear = () => choose({ search: "", source: "" });
  return (
    <Page
      title="Groups"
      actions={
        mayWrite && (
          <Button look="primary" onClick={() => setMaking(true)}>
            Make a group
          </Button>
        )
      }
    >
      <FilterBar
        search={{
          label: "Name",
          value: search.search ?? "",
          onSearch: (words) => choose({ search: words }),
        }}
        onClear={isFiltered ? clear : undefined}
      >
        <FilterChoice
          label="Owned by"
          value={search.source ?? ""}
          options={[["", "Anybody"], ...Object.entries(SOURCE)]}
          onChoose={(source) => choose({ source })}
        />
      </FilterBar>
      <Loaded query={query} what="groups" lines={10}>
        {({ organization: found }) => {
          const groups = found?.groups;
          if (groups === undefined || groups.nodes.length === 0) {
            return isFiltered ? (
              <Empty title="No group like that">
                <Button onClick={clear}>Clear filters</Button>
              </Empty>
            ) : (
              <Empty title="No groups yet">
                <p>Push groups from your identity provider, or make one of your own here.</p>
                <Link
                  to="/o/$organization/settings"
                  params={{ organization: organization.slug }}
                  className={buttonClass()}
                >
                  Set up provisioning
                </Link>
              </Empty>
            );
          }
          const { previous, next } = pagesBeside(groups.pageInfo);
          const go = (cursors: typeof previous) =>
            cursors && (() => navigate({ to: HERE, search: { ...filters, ...cursors } }));
          return (
            <>
              <DataTable
                caption="Groups"
                columns={COLUMNS}
                rows={groups.nodes}
                rowKey={({ id }) => id}
                current={group}
              />
              <Pager label="Pages of groups" onPrevious={go(previous)} onNext={go(next)}>
                {groups.totalCount === 1
                  ? "1 group"
                  : `${groups.totalCount.toLocaleString("en")} groups`}
              </Pager>
            </>
          );
        }}
      </Loaded>
      <Outlet />
      {isMaking && (
        <GroupDialog organizationId={organization.id} onClose={() => setMaking(false)} />
      )}
    </Page>
  );
}
