// One SCIM request beside the log: question and answer, why it came so, and what to do about it.
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useQuery } from "urql";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { useSession } from "../../graphql/session";
import { shortPath } from "../../requestPath";
import { Drawer } from "../../ui/Drawer";
import { Facts } from "../../ui/Facts";
import { Body, Changes } from "../../ui/JsonDiff";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { StatusBadge } from "../../ui/StatusBadge";
import { Empty } from "../../ui/states";
import { Timeline } from "../../ui/Timeline";
import { When } from "../../ui/When";
import { OUTCOME, PROVIDER, providerName } from "../../words";
import { requestQuery } from "./queries";
import styles from "./Requests.module.css";
import { OPERATION, SCIM_TYPE } from "./words";

const HERE = "/o/$organization/requests/$request";

type Node = NonNullable<ResultOf<typeof requestQuery>["node"]>;
type RequestShown = Extract<Node, { __typename: "ProvisioningRequest" }>;

export function RequestDrawer() {
  const { scopes } = useSession();
  const { request: id } = useParams({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const mayReadBodies = scopes.has("PROVISIONING_READ_BODIES");
  const query = useQuery({
    query: requestQuery,
    variables: {
      id,
      bodies: mayReadBodies,
      audit: scopes.has("AUDIT_READ"),
      members: scopes.has("MEMBERS_READ"),
      groups: scopes.has("GROUPS_READ"),
    },
  });
  const close = () => navigate({ to: "/o/$organization/requests", search: true });
  return (
    <Drawer title="SCIM request" onClose={close}>
      <Loaded query={query} what="the request" lines={10}>
        {({ node }) =>
          node?.__typename === "ProvisioningRequest" ? (
            <RequestParts request={node} mayReadBodies={mayReadBodies} />
          ) : (
            <Empty title="No such request">
              <p>The log keeps requests for a while only; this one is gone, or never was.</p>
            </Empty>
          )
        }
      </Loaded>
    </Drawer>
  );
}

interface RequestPartsProps {
  request: RequestShown;
  mayReadBodies: boolean;
}

function RequestParts({ request, mayReadBodies }: RequestPartsProps) {
  const [text, shape, tone] = OUTCOME[request.outcome];
  const instead = mayReadBodies
    ? "Nothing was sent."
    : "Needs the permission PROVISIONING_READ_BODIES.";
  return (
    <>
      <Section title={`${request.method} ${shortPath(request.path)}`}>
        <div className={styles.state}>
          <StatusBadge shape={shape} tone={tone}>
            {text}
          </StatusBadge>
          <span>
            {request.statusCode}
            {request.scimType !== null && ` ${request.scimType}`}
          </span>
        </div>
        <Explanation request={request} />
        <Facts
          facts={[
            ["When", <When key="when" at={request.receivedAt} />],
            ["Operation", OPERATION[request.operation]],
            ["About", <Subject key="subject" request={request} />],
            ["Provider", request.provider && providerName(request.provider)],
            ["Client", request.userAgent],
            ["Address", request.remoteIp],
            ["Took", `${request.durationMs} ms`],
            ["Path", <code key="path">{request.path}</code>],
            ...(request.changedAttributes.length > 0
              ? [["Changed", request.changedAttributes.join(", ")] as const]
              : []),
          ]}
        />
      </Section>
      {request.warnings.length > 0 && (
        <Notice tone="wait" title="What was tolerated or left out">
          <ul className={styles.hints}>
            {request.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Section title="Request and response">
        <div className={styles.bodies}>
          <Body title="Request" text={request.requestBody ?? null} instead={instead} />
          <Body title="Response" text={request.responseBody ?? null} instead={instead} />
        </div>
      </Section>
      {request.auditEvents != null && request.auditEvents.nodes.length > 0 && (
        <Section title="What it changed">
          <Timeline
            label="What it changed"
            moments={request.auditEvents.nodes.map((event) => ({
              key: event.id,
              what: event.summary,
              when: <When at={event.occurredAt} />,
              more: (
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
}

function Explanation({ request }: { request: RequestShown }) {
  const meaning = request.scimType === null ? undefined : SCIM_TYPE[request.scimType];
  if (request.detail === null && meaning === undefined && request.hints.length === 0) return null;
  return (
    <Notice tone={request.outcome === "FAILED" ? "bad" : "wait"} title="Why, and what to do">
      {request.detail !== null && <p>{request.detail}</p>}
      {meaning !== undefined && <p>{meaning}</p>}
      {request.hints.length > 0 && (
        <ul className={styles.hints}>
          {request.hints.map(({ text, docsPath }) => (
            <li key={text}>
              {text} <GuideLink page={docsPath} />
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

/** The provider whose guide a page of the documentation is, as in `guides/entra-id.md`. */
function providerIn(page: string): keyof typeof PROVIDER | undefined {
  const name = /^guides\/([\w-]+)\.md/.exec(page)?.[1]?.toUpperCase().replace("-", "_");
  return (Object.keys(PROVIDER) as (keyof typeof PROVIDER)[]).find((key) => key === name);
}

/** To the guide of a provider, where a hint is about one; its text says the rest. */
function GuideLink({ page }: { page: string }) {
  const { organization } = useSession();
  const provider = providerIn(page);
  if (provider === undefined) return null;
  return (
    <Link
      to="/o/$organization/settings/guide"
      params={{ organization: organization.slug }}
      search={{ provider }}
    >
      The guide for {PROVIDER[provider]}
    </Link>
  );
}

function Subject({ request: { subject, subjectLabel } }: { request: RequestShown }) {
  const { organization } = useSession();
  const params = { organization: organization.slug };
  if (subject?.__typename === "Member") {
    return (
      <>
        <Link to="/o/$organization/members/$member" params={{ ...params, member: subject.id }}>
          {subject.userName ?? "a member"}
        </Link>{" "}
        · <SameSubject id={subject.id} />
      </>
    );
  }
  if (subject?.__typename === "Group") {
    return (
      <>
        <Link to="/o/$organization/groups/$group" params={{ ...params, group: subject.id }}>
          {subject.displayName ?? "a group"}
        </Link>{" "}
        · <SameSubject id={subject.id} />
      </>
    );
  }
  return subjectLabel === null ? "nobody in particular" : `${subjectLabel} (gone by now)`;
}

function SameSubject({ id }: { id: string }) {
  const { organization } = useSession();
  return (
    <Link
      to="/o/$organization/requests"
      params={{ organization: organization.slug }}
      search={{ subject: id }}
    >
      all requests about it
    </Link>
  );
}
