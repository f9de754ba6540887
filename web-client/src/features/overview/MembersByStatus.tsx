// How many members there are in each status, and how many seats are left.
import { Link } from "@tanstack/react-router";
import type { ResultOf } from "../../graphql/graphql";
import { useSession } from "../../graphql/session";
import { Facts } from "../../ui/Facts";
import { Notice } from "../../ui/Notice";
import styles from "./Overview.module.css";
import type { overviewQuery } from "./query";
import { STATUS_ROWS } from "./words";

type Found = NonNullable<ResultOf<typeof overviewQuery>["organization"]>;

interface Props {
  counts: NonNullable<Found["memberCounts"]>;
  seats: NonNullable<Found["seats"]> | null;
}

export function MembersByStatus({ counts, seats }: Props) {
  const params = { organization: useSession().organization.slug };
  return (
    <div className={styles.panel}>
      {counts.accepted > 0 && (
        <Notice tone="wait">
          <div className={styles.waiting}>
            <strong>{waiting(counts.accepted)}</strong>
            <Link to="/o/$organization/confirmations" params={params}>
              Confirm them
            </Link>
          </div>
        </Notice>
      )}
      <table className={styles.counts}>
        <caption className="visually-hidden">Members by status</caption>
        <tbody>
          {STATUS_ROWS.map(([status, key, text]) => (
            <tr key={key}>
              <th scope="row">
                <Link to="/o/$organization/members" params={params} search={{ status }}>
                  {text}
                </Link>
              </th>
              <td className={styles.share}>
                <svg
                  className={styles.track}
                  viewBox="0 0 100 8"
                  preserveAspectRatio="none"
                  aria-hidden="true"
                >
                  <rect width="100" height="8" />
                  <rect width={(100 * counts[key]) / Math.max(1, counts.total)} height="8" />
                </svg>
              </td>
              <td>{counts[key].toLocaleString("en")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {seats !== null && <Facts facts={[["Seats", seatsInWords(seats)]]} />}
    </div>
  );
}

function waiting(count: number): string {
  const who = count === 1 ? "1 person waits" : `${count.toLocaleString("en")} people wait`;
  return `${who} for confirmation`;
}

function seatsInWords({ occupied, limit }: NonNullable<Props["seats"]>): string {
  const taken = occupied.toLocaleString("en");
  return limit === null ? `${taken} taken, no limit` : `${taken} of ${limit.toLocaleString("en")}`;
}
