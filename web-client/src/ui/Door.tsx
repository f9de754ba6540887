// The frame of pages that stand before or beside an organization's: one narrow column.
import type { ReactNode } from "react";
import styles from "./Door.module.css";

interface DoorProps {
  children: ReactNode;
  /** Small print and ways elsewhere. */
  foot?: ReactNode;
  /** More room, for pages with lists. */
  isWide?: boolean;
}

export function Door({ children, foot, isWide = false }: DoorProps) {
  return (
    <div className={styles.frame}>
      <header className={styles.brand}>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <rect x="1" y="1" width="18" height="18" rx="3" />
          <path d="M5.5 10.3l3 3 6-6.6" />
        </svg>
        Rollcall
      </header>
      <main className={`${styles.card} ${isWide ? styles.wide : ""}`}>{children}</main>
      {foot !== undefined && <footer className={styles.foot}>{foot}</footer>}
    </div>
  );
}
