// Six words to be compared by telephone: numbered, large, and read out as one phrase.
import styles from "./SixWords.module.css";

interface SixWordsProps {
  label: string;
  words: string;
}

export function SixWords({ label, words }: SixWordsProps) {
  return (
    <ol className={styles.words} aria-label={label}>
      {words.split(" ").map((word, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a word can come twice, its place cannot
        <li key={place}>{word}</li>
      ))}
    </ol>
  );
}
