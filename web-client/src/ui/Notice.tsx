// A remark beside the content: news, a warning, or what was refused.
import type { ReactNode } from "react";
import styles from "./Notice.module.css";
import type { Tone } from "./StatusBadge";

interface NoticeProps {
  tone: Tone;
  title?: string;
  children: ReactNode;
  /** Read out at once. */
  isUrgent?: boolean;
}

export function Notice({ tone, title, children, isUrgent = false }: NoticeProps) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={isUrgent ? "alert" : undefined}>
      {title !== undefined && <strong>{title}</strong>}
      <div className={styles.words}>{children}</div>
    </div>
  );
}
