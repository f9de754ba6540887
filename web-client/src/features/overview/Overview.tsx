// The first page: whether provisioning works, who there is, what happened last.
import { useQuery } from "urql";
import { Loaded } from "../../graphql/Loaded";
import { useSession } from "../../graphql/session";
import { Page, Section } from "../../ui/Page";
import { Empty } from "../../ui/states";
import { LatestEvents } from "./LatestEvents";
import { MembersByStatus } from "./MembersByStatus";
import styles from "./Overview.module.css";
import { overviewQuery } from "./query";
import { ScimHealthPanel } from "./ScimHealthPanel";

export function Overview() {
  const { organization, scopes, hasOwnDatabase } = useSession();
  const may = {
    members: scopes.has("MEMBERS_READ"),
    seats: scopes.has("ORGANIZATION_READ"),
    scim: scopes.has("PROVISIONING_READ"),
    audit: scopes.has("AUDIT_READ"),
  };
  const query = useQuery({ query: overviewQuery, variables: { slug: organization.slug, ...may } });
  return (
    <Page title="Overview" lead={organization.name}>
      <Loaded query={query} what="the overview" lines={9}>
        {({ organization: found }) => {
          if (found === null) {
            return (
              <Empty title="No such organization">
                <p>It may have another address by now, or you may not see it.</p>
              </Empty>
            );
          }
          return (
            <div className={styles.grid}>
              {may.scim && (
                <Section title="Provisioning">
                  <ScimHealthPanel connection={found.scimConnection ?? null} />
                </Section>
              )}
              {found.memberCounts != null && (
                <Section title="Members">
                  <MembersByStatus counts={found.memberCounts} seats={found.seats ?? null} />
                </Section>
              )}
              {found.auditEvents != null && (
                <Section title="Latest events">
                  <LatestEvents events={found.auditEvents.nodes} />
                </Section>
              )}
              {!Object.values(may).some(Boolean) && (
                <Empty title="You are a member here">
                  <p>Nothing needs to be done: this page is for administrators.</p>
                </Empty>
              )}
            </div>
          );
        }}
      </Loaded>
      {hasOwnDatabase && (
        <p className={styles.database}>
          This server keeps everything in the database it brought along, on its own machine. Whoever
          runs it keeps copies with <code>rollcall backup</code>.
        </p>
      )}
    </Page>
  );
}
