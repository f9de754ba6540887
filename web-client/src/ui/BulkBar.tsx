// What can be done with the rows that are selected; stays in sight at the foot of the page.
import type { ReactNode } from "react";
import styles from "./BulkBar.module.css";
import { Button } from "./Button";

interface BulkBarProps {
  count: number;
  onClear: () => void;
  children: ReactNode;
}

export function BulkBar({ count, onClear, children }: BulkBarProps) {
  if (count === 0) return null;
  return (
    <section className={styles.bar} aria-label="Selected rows">
      <strong className={styles.count}>{count.toLocaleString("en")} selected</strong>
      {children}
      <Button look="quiet" onClick={onClear}>
        Select none
      </Button>
    </section>
  );
}
