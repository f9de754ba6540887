// What came of an action on several members: the figures, and why each that failed did.
import { Facts } from "../../ui/Facts";
import { Notice } from "../../ui/Notice";
import styles from "./Members.module.css";

export interface BulkSummary {
  summary: { changed: number; unchanged: number; failed: number };
  results: readonly {
    memberId: string;
    /** What to call the member, where that is known. */
    name?: string;
    errors: readonly { message: string }[];
  }[];
}

export function BulkResult({ result: { summary, results } }: { result: BulkSummary }) {
  const failed = results.filter(({ errors }) => errors.length > 0);
  return (
    <>
      <Facts
        facts={[
          ["Changed", summary.changed.toLocaleString("en")],
          ["Nothing to do", summary.unchanged.toLocaleString("en")],
          ["Refused", summary.failed.toLocaleString("en")],
        ]}
      />
      {failed.length > 0 && (
        <Notice tone="bad" title="Who could not be done">
          <ul className={styles.list}>
            {failed.map(({ memberId, name, errors }) => (
              <li key={memberId}>
                <code>{name ?? memberId}</code>: {errors[0]?.message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}
