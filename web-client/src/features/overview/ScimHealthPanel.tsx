// Whether the identity provider gets through, and what came of its calls in the last day.
import { Link } from "@tanstack/react-router";
import type { ResultOf } from "../../graphql/graphql";
import { useSession } from "../../graphql/session";
import { buttonClass } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Sparkline } from "../../ui/Sparkline";
import { StatusBadge } from "../../ui/StatusBadge";
import { Empty } from "../../ui/states";
import { When } from "../../ui/When";
import { providerName } from "../../words";
import styles from "./Overview.module.css";
import type { overviewQuery } from "./query";
import { HEALTH, OUTCOME_SERIES } from "./words";

type Found = NonNullable<ResultOf<typeof overviewQuery>["organization"]>;
type Connection = NonNullable<Found["scimConnection"]>;

export function ScimHealthPanel({ connection }: { connection: Connection | null }) {
  const { organization } = useSession();
  const params = { organization: organization.slug };
  if (connection === null) {
    return (
      <Empty title="No identity provider is connected">
        <p>Switch SCIM on, and put its address and key into your identity provider.</p>
        <Link to="/o/$organization/settings" params={params} className={buttonClass("primary")}>
          Set up provisioning
        </Link>
      </Empty>
    );
  }
  const [word, shape, tone, meaning] = HEALTH[connection.health];
  const provider = connection.provider ?? connection.detectedProvider;
  return (
    <div className={styles.panel}>
      <div className={styles.state}>
        <StatusBadge shape={shape} tone={tone}>
          {word}
        </StatusBadge>
        <span className={styles.soft}>
          {meaning} {provider !== null && `${providerName(provider)}.`}
          {connection.lastRequestAt !== null && (
            <>
              {" "}
              Last call <When at={connection.lastRequestAt} />.
            </>
          )}
        </span>
      </div>
      {connection.guard.state === "HOLDING" && (
        <Notice tone="wait" title="The deprovision guard holds calls back">
          <p>
            {connection.guard.held.toLocaleString("en")} revocations and removals wait for a
            decision.{" "}
            <Link to="/o/$organization/settings" params={params}>
              Decide
            </Link>
          </p>
        </Notice>
      )}
      <Sparkline
        title="SCIM requests of the last 24 hours"
        series={OUTCOME_SERIES}
        bars={connection.activity.map((bucket) => ({
          key: bucket.startsAt,
          label: hourOf(bucket.startsAt),
          values: [bucket.applied, bucket.unchanged, bucket.rejected, bucket.failed],
        }))}
      />
      <p>
        <Link to="/o/$organization/requests" params={params}>
          All SCIM requests
        </Link>
      </p>
    </div>
  );
}

function hourOf(at: string): string {
  return new Date(at).toLocaleString("en-GB", {
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}
