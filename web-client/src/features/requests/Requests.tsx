// The log of SCIM requests: what the identity provider asked and what came of it, as it happens.
import { Link, Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useQuery } from "urql";
import { Loaded } from "../../graphql/Loaded";
import { pageArguments, pagesBeside } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import { useTail } from "../../graphql/tail";
import { Button, buttonClass } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { LiveSwitch } from "../../ui/LiveSwitch";
import { Page } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { Empty } from "../../ui/states";
import { filterOf } from "./filter";
import { requestsQuery, requestsTail } from "./queries";
import { RequestFilters } from "./RequestFilters";
import { RequestRows } from "./RequestRows";

const HERE = "/o/$organization/requests";

export function Requests() {
  const { organization } = useSession();
  const search = useSearch({ from: HERE });
  const { request } = useParams({ strict: false });
  const navigate = useNavigate({ from: HERE });
  const { after, before, ...filters } = search;
  const filter = filterOf(search);
  const query = useQuery({
    query: requestsQuery,
    variables: { slug: organization.slug, filter, ...pageArguments(search) },
  });
  const isNewest = after === undefined && before === undefined;
  const isFiltered = Object.keys(filters).length > 0;
  const found = query[0].data?.organization;
  const connection = found?.scimConnection ?? null;
  const edges = found?.provisioningRequests.edges ?? [];
  const tail = useTail({
    isOn: isNewest && found != null && filters.to === undefined,
    document: requestsTail,
    variables: { organizationId: organization.id, filter },
    after: edges[0]?.cursor,
    edgeOf: (data) => data.provisioningRequests,
    onUnsure: () => query[1]({ requestPolicy: "network-only" }),
  });
  const rows = [...tail.rows, ...edges.map(({ node }) => node)];
  const newest = new Set(tail.rows.map(({ id }) => id));
  const clear = () => navigate({ to: HERE, search: {}, replace: true });
  return (
    <Page
      title="SCIM requests"
      lead="What the identity provider asked, and what came of it."
      actions={isNewest && <LiveSwitch {...tail} />}
    >
      <RequestFilters search={search} />
      <Loaded query={query} what="SCIM requests" lines={12}>
        {() => {
          const page = found?.provisioningRequests;
          if (page === undefined || rows.length === 0) {
            if (isFiltered || !isNewest) {
              return (
                <Empty title="No request like that">
                  <p>None was logged that meets these filters.</p>
                  <Button onClick={clear}>Clear filters</Button>
                </Empty>
              );
            }
            return connection === null || !connection.enabled ? (
              <Empty title="Provisioning is off">
                <p>Nothing can arrive before SCIM is switched on.</p>
                <Link
                  to="/o/$organization/settings"
                  params={{ organization: organization.slug }}
                  className={buttonClass("primary")}
                >
                  Set up provisioning
                </Link>
              </Empty>
            ) : (
              <Empty title="Waiting for the first call">
                <p>
                  Put this address into your identity provider and start a test there: what it sends
                  shows up here by itself.
                </p>
                <CopyField label="SCIM base URL" value={connection.baseUrl} />
              </Empty>
            );
          }
          const { previous, next } = pagesBeside(page.pageInfo);
          const go = (cursors: typeof previous) =>
            cursors && (() => navigate({ to: HERE, search: { ...filters, ...cursors } }));
          return (
            <>
              <RequestRows requests={rows} current={request} isNew={({ id }) => newest.has(id)} />
              <Pager label="Pages of requests" onPrevious={go(previous)} onNext={go(next)} />
            </>
          );
        }}
      </Loaded>
      <Outlet />
    </Page>
  );
}
