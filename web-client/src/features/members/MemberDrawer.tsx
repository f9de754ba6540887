// One member beside the list: state, what can be done, groups, mails, and all that happened.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useQuery } from "urql";
import { Loaded } from "../../graphql/Loaded";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { Drawer } from "../../ui/Drawer";
import { FilterInstant } from "../../ui/FilterBar";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import { Empty } from "../../ui/states";
import { When } from "../../ui/When";
import { MEMBER_STATUS, ROLE } from "../../words";
import { MemberActions } from "./MemberActions";
import { MemberEdit } from "./MemberEdit";
import { MemberFacts } from "./MemberFacts";
import { MemberGroups } from "./MemberGroups";
import { MemberHistory } from "./MemberHistory";
import { MemberInvitations } from "./MemberInvitations";
import styles from "./Members.module.css";
import { memberQuery } from "./queries";

const HERE = "/o/$organization/members/$member";

export function MemberDrawer() {
  const { organization, scopes } = useSession();
  const { member: id } = useParams({ from: HERE });
  const { at } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const hasTimeline = scopes.has("AUDIT_READ") && scopes.has("PROVISIONING_READ");
  const query = useQuery({
    query: memberQuery,
    variables: {
      slug: organization.slug,
      id,
      asOf: at ?? null,
      groups: scopes.has("GROUPS_READ"),
      timeline: hasTimeline,
      events: scopes.has("AUDIT_READ") && !hasTimeline,
    },
  });
  const close = () =>
    navigate({ to: "/o/$organization/members", search: ({ at: _, ...kept }) => kept });
  const show = (instant: string) =>
    navigate({ to: HERE, search: (kept) => ({ ...kept, at: instant }), replace: true });
  const found = query[0].data?.organization?.member;
  return (
    <Drawer title={found?.displayName ?? found?.userName ?? "Member"} onClose={close}>
      <Loaded query={query} what="the member" lines={10}>
        {({ organization: within }) => {
          const member = within?.member;
          if (member == null) {
            return (
              <Empty title="No such member">
                <p>
                  {at === undefined
                    ? "The membership has ended, or never was. The history still tells of it."
                    : "There was no such member at that time."}
                </p>
                {at !== undefined && <Button onClick={() => show("")}>Back to now</Button>}
              </Empty>
            );
          }
          const [text, shape, tone] = MEMBER_STATUS[member.status];
          const isNow = at === undefined;
          return (
            <>
              <div className={styles.form}>
                <div className={styles.state}>
                  <StatusBadge shape={shape} tone={tone}>
                    {text}
                  </StatusBadge>
                  <span>{ROLE[member.role]}</span>
                  <span className={styles.soft}>{member.email}</span>
                </div>
                {isNow && scopes.has("MEMBERS_WRITE") && (
                  <MemberActions key={`${member.id}-actions`} member={member} onGone={close} />
                )}
                {!isNow && (
                  <Notice tone="news" title="The past">
                    <p>
                      As it was on <When at={at} />.
                    </p>
                    <Button onClick={() => show("")}>Back to now</Button>
                  </Notice>
                )}
              </div>
              <Section
                title="Attributes"
                actions={<FilterInstant label="As of" value={at ?? ""} onChange={show} />}
              >
                <MemberFacts member={member} />
                {isNow && scopes.has("MEMBERS_WRITE") && (
                  <MemberEdit key={`${member.id}-edit`} member={member} />
                )}
              </Section>
              {member.groups != null && (
                <Section title="Groups">
                  <MemberGroups groups={member.groups.nodes} />
                </Section>
              )}
              <Section title="Invitations">
                <MemberInvitations invitations={member.invitations.nodes} />
              </Section>
              {(member.timeline ?? member.auditEvents) != null && (
                <Section title="What happened">
                  <MemberHistory
                    entries={member.timeline?.nodes ?? member.auditEvents?.nodes ?? []}
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
