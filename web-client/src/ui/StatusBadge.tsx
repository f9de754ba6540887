// A state in a word, with a shape and a colour of its own: none of the three stands alone.
import styles from "./StatusBadge.module.css";

/** A box of the roll: blank, drawn, half filled, ticked, crossed out; or a plain bar. */
export type Shape = "blank" | "box" | "half" | "tick" | "cross" | "bar" | "bolt" | "dot";
export type Tone = "good" | "wait" | "news" | "bad" | "calm";

interface StatusBadgeProps {
  shape: Shape;
  tone: Tone;
  children: string;
}

export function StatusBadge({ shape, tone, children }: StatusBadgeProps) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`}>
      <svg className={styles.shape} viewBox="0 0 12 12" aria-hidden="true">
        <Drawing shape={shape} />
      </svg>
      {children}
    </span>
  );
}

const BOX = { x: 1, y: 1, width: 10, height: 10, rx: 1.5 };

function Drawing({ shape }: { shape: Shape }) {
  switch (shape) {
    case "blank":
      return <rect {...BOX} className={styles.line} strokeDasharray="2 1.6" />;
    case "box":
      return <rect {...BOX} className={styles.line} />;
    case "half":
      return (
        <>
          <rect {...BOX} className={styles.line} />
          <path d="M1.5 10.5 10.5 1.5V10.5Z" className={styles.fill} />
        </>
      );
    case "tick":
      return (
        <>
          <rect {...BOX} className={styles.fill} />
          <path d="M3.2 6.3 5.2 8.3 9 4" className={styles.cut} />
        </>
      );
    case "cross":
      return <path d="M2 2 10 10M10 2 2 10" className={styles.thick} />;
    case "bar":
      return <path d="M2 6H10" className={styles.thick} />;
    case "bolt":
      return <path d="M6 1 11.3 10.5H.7Z" className={styles.fill} />;
    case "dot":
      return <circle cx="6" cy="6" r="4.2" className={styles.fill} />;
  }
}
