// To the page before and after of a list that has no page numbers.
import { Button } from "./Button";
import styles from "./Pager.module.css";

interface PagerProps {
  label: string;
  onPrevious?: (() => void) | undefined;
  onNext?: (() => void) | undefined;
  children?: string;
}

export function Pager({ label, onPrevious, onNext, children }: PagerProps) {
  return (
    <nav className={styles.pager} aria-label={label}>
      <Button onClick={onPrevious} disabled={onPrevious === undefined}>
        Previous
      </Button>
      <Button onClick={onNext} disabled={onNext === undefined}>
        Next
      </Button>
      {children !== undefined && <span className={styles.words}>{children}</span>}
    </nav>
  );
}
