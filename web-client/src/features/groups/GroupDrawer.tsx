// One group beside the list: what it is, who is in it, what happened to it.
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useQuery } from "urql";
import { Loaded } from "../../graphql/Loaded";
import { pageArguments } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import { Drawer } from "../../ui/Drawer";
import { Facts } from "../../ui/Facts";
import { Changes } from "../../ui/JsonDiff";
import { Section } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import { Empty } from "../../ui/states";
import { Timeline } from "../../ui/Timeline";
import { When } from "../../ui/When";
import { originName, SOURCE } from "../../words";
import { GroupEdit } from "./GroupEdit";
import { GroupMembers } from "./GroupMembers";
import { groupQuery } from "./queries";

const HERE = "/o/$organization/groups/$group";

export function GroupDrawer() {
  const { organization, scopes } = useSession();
  const { group: id } = useParams({ from: HERE });
  const { from, until } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const query = useQuery({
    query: groupQuery,
    variables: {
      slug: organization.slug,
      id,
      members: scopes.has("MEMBERS_READ"),
      audit: scopes.has("AUDIT_READ"),
      ...pageArguments({ after: from, before: until }),
    },
  });
  const close = () =>
    navigate({
      to: "/o/$organization/groups",
      search: ({ from: _, until: __, ...kept }) => kept,
    });
  const found = query[0].data?.organization?.group;
  return (
    <Drawer title={found?.displayName ?? "Group"} onClose={close}>
      <Loaded query={query} what="the group" lines={8}>
        {({ organization: within }) => {
          const group = within?.group;
          if (group == null) {
            return (
              <Empty title="No such group">
                <p>It was deleted, or never was. The history still tells of it.</p>
              </Empty>
            );
          }
          const isOurs = group.source !== "SCIM";
          const mayWrite = isOurs && scopes.has("GROUPS_WRITE");
          return (
            <>
              <Section title="Group">
                <Facts
                  facts={[
                    [
                      "Owned by",
                      <StatusBadge
                        key="source"
                        shape={isOurs ? "box" : "dot"}
                        tone={isOurs ? "calm" : "news"}
                      >
                        {SOURCE[group.source]}
                      </StatusBadge>,
                    ],
                    ["External id", group.externalId && <code>{group.externalId}</code>],
                    ["Members", group.memberCount.toLocaleString("en")],
                    ["Since", <When key="since" at={group.createdAt} />],
                    ["Last changed", <When key="changed" at={group.updatedAt} />],
                  ]}
                />
                {mayWrite && <GroupEdit key={group.id} group={group} onGone={close} />}
              </Section>
              {group.members != null && (
                <Section
                  title="Members"
                  actions={
                    <Link
                      to="/o/$organization/members"
                      params={{ organization: organization.slug }}
                      search={{ group: group.id }}
                    >
                      In the list of all members
                    </Link>
                  }
                >
                  <GroupMembers group={group} page={group.members} mayChange={mayWrite} />
                </Section>
              )}
              {group.auditEvents != null && (
                <Section title="What happened">
                  <Timeline
                    label="What happened"
                    moments={group.auditEvents.nodes.map((event) => ({
                      key: event.id,
                      what: event.summary,
                      when: <When at={event.occurredAt} />,
                      by: originName(event.origin),
                      more: event.changes.length > 0 && (
                        <Changes
                          changes={event.changes.map(({ attribute, before, after }) => ({
                            name: attribute,
                            before,
                            after,
                          }))}
                        />
                      ),
                    }))}
                  />
                </Section>
              )}
            </>
          );
        }}
      </Loaded>
    </Drawer>
  );
}
