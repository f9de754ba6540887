// How to connect a provider, step by step, with this organization's values; and whether it worked.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useQuery } from "urql";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { useSession } from "../../graphql/session";
import { useTail } from "../../graphql/tail";
import { buttonClass } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyField";
import { SelectField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { StatusBadge } from "../../ui/StatusBadge";
import { Empty } from "../../ui/states";
import { When } from "../../ui/When";
import { OUTCOME, PROVIDER } from "../../words";
import { GUIDES, type Guide, type Value } from "./guides";
import { guideQuery, guideTail } from "./queries";
import styles from "./Settings.module.css";
import { lastCall, looksLike } from "./words";

const HERE = "/o/$organization/settings/guide";

type Found = NonNullable<ResultOf<typeof guideQuery>["organization"]>;
type Connection = NonNullable<Found["scimConnection"]>;

export function GuidePage() {
  const { organization } = useSession();
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const query = useQuery({ query: guideQuery, variables: { slug: organization.slug } });
  const found = query[0].data?.organization;
  const connection = found?.scimConnection ?? null;
  const provider =
    search.provider ?? connection?.provider ?? connection?.detectedProvider ?? "OKTA";
  return (
    <Loaded query={query} what="the guide" lines={8}>
      {() => {
        if (connection === null || !connection.enabled) {
          return (
            <Empty title="Provisioning is off">
              <p>Switch SCIM on first: then the guide has an address and a key to show.</p>
              <Link
                to="/o/$organization/settings"
                params={{ organization: organization.slug }}
                className={buttonClass("primary")}
              >
                To the switch
              </Link>
            </Empty>
          );
        }
        return (
          <>
            <div className={styles.form}>
              <SelectField
                label="Identity provider"
                value={provider}
                onChange={(event) =>
                  navigate({
                    to: HERE,
                    search: { provider: event.target.value as keyof typeof GUIDES },
                    replace: true,
                  })
                }
                options={Object.entries(PROVIDER)}
              />
            </div>
            <Steps guide={GUIDES[provider]} connection={connection} />
            <FirstCall found={found ?? null} />
          </>
        );
      }}
    </Loaded>
  );
}

function Steps({ guide, connection }: { guide: Guide; connection: Connection }) {
  return (
    <>
      <ol className={styles.steps}>
        {guide.steps.map(({ title, text, fields }) => (
          <li key={title}>
            <h2>{title}</h2>
            {text !== undefined && <p>{text}</p>}
            {fields !== undefined && (
              <table className={styles.values}>
                <caption className="visually-hidden">{title}: what to enter</caption>
                <tbody>
                  {fields.map(([field, value]) => (
                    <tr key={field}>
                      <th scope="row">{field}</th>
                      <td>
                        <Filled field={field} value={value} connection={connection} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </li>
        ))}
      </ol>
      <p className={styles.soft}>
        Each call, and what came of it, stands under <RequestsLink />.
      </p>
    </>
  );
}

function RequestsLink() {
  const { organization } = useSession();
  return (
    <Link to="/o/$organization/requests" params={{ organization: organization.slug }}>
      SCIM requests
    </Link>
  );
}

interface FilledProps {
  field: string;
  value: Value;
  connection: Connection;
}

function Filled({ field, value, connection }: FilledProps) {
  const { organization } = useSession();
  if (value === "{url}") {
    return (
      <div>
        <code>{connection.baseUrl}</code>
        <CopyButton label={field} value={connection.baseUrl} />
      </div>
    );
  }
  if (value !== "{key}") return value;
  const key = keyOfNow(connection.apiKeys);
  return (
    <div>
      <span>
        {key === undefined ? "a SCIM API key" : "the SCIM API key "}
        {key?.name != null && <strong>{key.name} </strong>}
        {key !== undefined && <code>{looksLike("API_KEY", key.hint)}</code>}
      </span>
      <Link to="/o/$organization/settings" params={{ organization: organization.slug }}>
        Lost it? Make a new one
      </Link>
    </div>
  );
}

/** The newest key that does not end; those before a rotation do, and work only until then. */
function keyOfNow(keys: Connection["apiKeys"]) {
  const ofProviders = keys.filter(({ kind }) => kind === "API_KEY").toReversed();
  return ofProviders.find(({ expiresAt }) => expiresAt === null) ?? ofProviders[0];
}

function FirstCall({ found }: { found: Found | null }) {
  const { organization } = useSession();
  const [last] = found?.provisioningRequests.edges ?? [];
  const tail = useTail({
    isOn: found !== null,
    document: guideTail,
    variables: { organizationId: organization.id },
    after: last?.cursor,
    edgeOf: (data) => data.provisioningRequests,
    onUnsure: () => {},
  });
  const call = tail.rows[0] ?? last?.node;
  return (
    <div role="status">
      {call === undefined ? (
        <Notice tone="wait" title="Waiting for the first call …">
          <p>Start the provider's connection test: this turns green by itself when it arrives.</p>
        </Notice>
      ) : (
        <LastCall call={call} />
      )}
    </div>
  );
}

interface LastCallProps {
  call: { id: string; receivedAt: string; outcome: keyof typeof OUTCOME; statusCode: number };
}

function LastCall({ call }: LastCallProps) {
  const { organization } = useSession();
  const { title, tone, text } = lastCall(call);
  const [outcome, shape, outcomeTone] = OUTCOME[call.outcome];
  return (
    <Notice tone={tone} title={title}>
      {text !== undefined && <p>{text}</p>}
      <div className={styles.state}>
        <StatusBadge shape={shape} tone={outcomeTone}>
          {outcome}
        </StatusBadge>
        <span>
          Last call <When at={call.receivedAt} />,{" "}
          <Link
            to="/o/$organization/requests/$request"
            params={{ organization: organization.slug, request: call.id }}
          >
            see what it was
          </Link>
        </span>
      </div>
    </Notice>
  );
}
