// Values before and after, and bodies of requests beside their answers.
import styles from "./JsonDiff.module.css";
import { said } from "./When";

export interface Change {
  name: string;
  before: string | null;
  after: string | null;
}

export function Changes({ changes }: { changes: readonly Change[] }) {
  return (
    <ul className={styles.changes}>
      {changes.filter(isTelling).map(({ name, before, after }) => (
        <li key={name}>
          <code className={styles.name}>{name}</code>{" "}
          {before !== null && <del title={before}>{short(before)}</del>}
          {before !== null && after !== null && <span aria-hidden="true"> → </span>}
          <span className="visually-hidden">{after === null ? " taken away" : " became "}</span>
          {after !== null && <ins title={after}>{short(after)}</ins>}
        </li>
      ))}
    </ul>
  );
}

/** Of a group change the other half is often empty, and what is new need not have every attribute. */
export function isTelling({ before, after }: Change): boolean {
  if (after === null) return before !== null;
  return !after.startsWith("0 sha256:");
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Values as people can read them: instants, lists of words, how many were added or removed. */
export function short(value: string): string {
  if (INSTANT.test(value)) return said(value);
  if (WORDS.test(value)) return (JSON.parse(value) as string[]).join(", ");
  return value.replace(/^(\d+) sha256:[0-9a-f]{64}$/, "$1");
}

/** A list of plain words, as JSON. */
const WORDS = /^\["[^"\\]*"(,"[^"\\]*")*\]$/;

interface BodyProps {
  title: string;
  /** As it was sent; null where there was none or it may not be seen. */
  text: string | null;
  /** What to say where there is none. */
  instead: string;
}

export function Body({ title, text, instead }: BodyProps) {
  return (
    <section className={styles.body} aria-label={title}>
      <h3>{title}</h3>
      {text === null || text === "" ? (
        <p className={styles.none}>{instead}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <pre tabIndex={0}>{pretty(text)}</pre>
      )}
    </section>
  );
}

/** JSON with line breaks; anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
