// What a page shows instead of its content: still loading, nothing there, failed, not allowed.
import type { ReactNode } from "react";
import { Button } from "./Button";
import { CopyField } from "./CopyField";
import styles from "./states.module.css";

/** Why something could not be shown or done, in words for people. */
export interface Problem {
  kind: "forbidden" | "failed" | "offline" | "busy";
  message: string;
  /** The permission that is missing, of `forbidden`. */
  scope?: string;
  /** To quote to whoever runs the server. */
  correlationId?: string;
}

/** Grey lines where content will be; `label` tells those who do not see them. */
export function Skeleton({ lines = 6, label }: { lines?: number; label: string }) {
  return (
    <div className={styles.skeleton} role="status">
      <span className="visually-hidden">{label}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <span key={line} className={styles.bone} aria-hidden="true" />
      ))}
    </div>
  );
}

/** A thin moving line at the top of the page, seen only where something takes over a second. */
export function Progress({ label }: { label: string }) {
  return <div className={styles.progress} role="progressbar" aria-label={label} />;
}

interface EmptyProps {
  title: string;
  /** What to do next. */
  children: ReactNode;
}

export function Empty({ title, children }: EmptyProps) {
  return (
    <section className={styles.state} aria-label={title}>
      <svg className={styles.mark} viewBox="0 0 48 48" aria-hidden="true">
        <path d="M8 12h6v6H8zM8 22h6v6H8zM8 32h6v6H8zM20 15h20M20 25h20M20 35h12" />
      </svg>
      <h2>{title}</h2>
      <div className={styles.words}>{children}</div>
    </section>
  );
}

interface FailureProps {
  problem: Problem;
  onRetry: () => void;
}

/** A failure with the id to quote and a way to try again; a missing permission by its name. */
export function Failure({ problem, onRetry }: FailureProps) {
  if (problem.kind === "forbidden") return <Forbidden problem={problem} />;
  const title = problem.kind === "offline" ? "The server does not answer" : "This did not work";
  return (
    <section className={styles.state} role="alert" aria-label={title}>
      <h2>{title}</h2>
      <div className={styles.words}>
        <p>{problem.message}</p>
        {problem.correlationId !== undefined && (
          <CopyField
            label="Correlation id, for whoever runs this server"
            value={problem.correlationId}
          />
        )}
        <Button look="primary" onClick={onRetry}>
          Try again
        </Button>
      </div>
    </section>
  );
}

function Forbidden({ problem }: { problem: Problem }) {
  const title = "You may not see this";
  return (
    <section className={styles.state} role="alert" aria-label={title}>
      <h2>{title}</h2>
      <div className={styles.words}>
        {problem.scope === undefined ? (
          <p>{problem.message}</p>
        ) : (
          <p>
            It needs the permission <code className={styles.scope}>{problem.scope}</code>.
          </p>
        )}
        <p>An owner or an administrator of this organization can give it to you.</p>
      </div>
    </section>
  );
}
