// Links beside each other, of which one is where the reader is. Each tab has its own address.
import type { ReactNode } from "react";
import styles from "./Tabs.module.css";

export interface Tab {
  key: string;
  /** A link with the class `className`, whose content is `content`. */
  link: (className: string, content: ReactNode) => ReactNode;
  text: string;
  count?: number | undefined;
}

export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav aria-label={label} className={styles.tabs}>
      <ul>
        {tabs.map((tab) => (
          <li key={tab.key}>
            {tab.link(
              styles.tab ?? "",
              <>
                {tab.text}
                {tab.count !== undefined && (
                  <span className={styles.count}>{tab.count.toLocaleString("en")}</span>
                )}
              </>,
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}
