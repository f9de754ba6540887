// The history: every change, by whom, by which way, from what to what; it grows while one looks.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useQuery } from "urql";
import { Loaded } from "../../graphql/Loaded";
import { pageArguments, pagesBeside } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import { useTail } from "../../graphql/tail";
import { Button } from "../../ui/Button";
import { LiveSwitch } from "../../ui/LiveSwitch";
import { Page } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { Empty } from "../../ui/states";
import { AuditFilters } from "./AuditFilters";
import { AuditRows } from "./AuditRows";
import { ChainBadge } from "./ChainBadge";
import { ExportLinks } from "./ExportLinks";
import { filterOf } from "./filter";
import { auditQuery, auditTail } from "./queries";

const HERE = "/o/$organization/audit";

export function Audit() {
  const { organization } = useSession();
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const { after, before, ...filters } = search;
  const filter = filterOf(search);
  const query = useQuery({
    query: auditQuery,
    variables: { slug: organization.slug, filter, ...pageArguments(search) },
  });
  const isNewest = after === undefined && before === undefined;
  const found = query[0].data?.organization;
  const edges = found?.auditEvents.edges ?? [];
  const tail = useTail({
    isOn: isNewest && found != null && filters.to === undefined,
    document: auditTail,
    variables: { organizationId: organization.id, filter },
    after: edges[0]?.cursor,
    edgeOf: (data) => data.auditEvents,
    onUnsure: () => query[1]({ requestPolicy: "network-only" }),
  });
  const events = [...tail.rows, ...edges.map(({ node }) => node)];
  const newest = new Set(tail.rows.map(({ id }) => id));
  return (
    <Page
      title="Audit"
      lead="Everything that changed, in the order in which it did."
      actions={
        <>
          <ExportLinks organizationId={organization.id} />
          {isNewest && <LiveSwitch {...tail} />}
        </>
      }
    >
      {found && <ChainBadge chain={found.auditChain} />}
      <AuditFilters search={search} actions={query[0].data?.auditActions ?? []} />
      <Loaded query={query} what="the history" lines={12}>
        {() => {
          const page = found?.auditEvents;
          if (page === undefined || events.length === 0) {
            return (
              <Empty title="Nothing like that happened">
                <p>No event meets these filters.</p>
                <Button onClick={() => navigate({ to: HERE, search: {}, replace: true })}>
                  Clear filters
                </Button>
              </Empty>
            );
          }
          const { previous, next } = pagesBeside(page.pageInfo);
          const go = (cursors: typeof previous) =>
            cursors && (() => navigate({ to: HERE, search: { ...filters, ...cursors } }));
          return (
            <>
              <AuditRows events={events} isNew={({ id }) => newest.has(id)} />
              <Pager label="Pages of the history" onPrevious={go(previous)} onNext={go(next)} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
