// What happened, one thing under the other, newest first.
import type { ReactNode } from "react";
import styles from "./Timeline.module.css";

export interface Moment {
  key: string;
  /** When, as an element. */
  when: ReactNode;
  what: ReactNode;
  /** Who and by which way. */
  by?: ReactNode;
  more?: ReactNode;
  isTrouble?: boolean;
}

export function Timeline({ label, moments }: { label: string; moments: readonly Moment[] }) {
  return (
    <ol className={styles.line} aria-label={label}>
      {moments.map((moment) => (
        <li key={moment.key} data-trouble={moment.isTrouble || undefined}>
          <div className={styles.what}>{moment.what}</div>
          <div className={styles.by}>
            {moment.when}
            {moment.by !== undefined && <> · {moment.by}</>}
          </div>
          {moment.more}
        </li>
      ))}
    </ol>
  );
}
