// Fields for a new passphrase: how good it is, typed twice, or drawn by chance.
import { useState } from "react";
import { chanceWords } from "../keys/fingerprint";
import { type Strength, strengthOf } from "../keys/strength";
import { Button } from "../ui/Button";
import { CopyField } from "../ui/CopyField";
import { TextField } from "../ui/Field";
import styles from "./NewPassphrase.module.css";
import { PASSPHRASE, STRENGTH } from "./words";

const SUGGESTED_WORDS = 6;

interface NewPassphraseProps {
  value: Passphrase;
  onChange: (value: Passphrase) => void;
  /** What the person is called, which makes no passphrase. */
  own?: readonly string[];
  /** The person tried to go on: say what is missing. */
  isAsked: boolean;
}

export interface Passphrase {
  text: string;
  again: string;
}

export const NO_PASSPHRASE: Passphrase = { text: "", again: "" };

/** Whether keys can be locked with it. */
export function isUsable({ text, again }: Passphrase, own: readonly string[] = []): boolean {
  const strength = strengthOf(text, own);
  return text === again && strength !== "short" && strength !== "weak";
}

export function NewPassphrase({ value, onChange, own = [], isAsked }: NewPassphraseProps) {
  const [isShown, setShown] = useState(false);
  const [suggestion, setSuggestion] = useState<string>();
  const strength = strengthOf(value.text, own);
  const suggest = () => {
    const words = chanceWords(SUGGESTED_WORDS);
    setSuggestion(words);
    onChange({ text: words, again: words });
  };
  const type = isShown ? "text" : "password";
  const isTooWeak = strength === "short" || strength === "weak";
  return (
    <div className={styles.fields}>
      <div className={styles.first}>
        <TextField
          label={PASSPHRASE.label}
          hint={PASSPHRASE.hint}
          error={isAsked && isTooWeak ? STRENGTH[strength][1] : undefined}
          type={type}
          autoComplete="new-password"
          spellCheck={false}
          value={value.text}
          onChange={(event) => onChange({ ...value, text: event.target.value })}
        />
        <Meter strength={value.text === "" ? undefined : strength} isQuiet={isAsked && isTooWeak} />
        <div className={styles.buttons}>
          <Button look="quiet" onClick={suggest}>
            {PASSPHRASE.suggest}
          </Button>
          <Button look="quiet" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
            {isShown ? PASSPHRASE.hide : PASSPHRASE.show}
          </Button>
        </div>
      </div>
      {suggestion !== undefined && suggestion === value.text && (
        <div className={styles.suggestion}>
          <CopyField label="Suggested passphrase" value={suggestion} />
          <p>{PASSPHRASE.suggested}</p>
        </div>
      )}
      <TextField
        label={PASSPHRASE.again}
        error={isAsked && value.text !== value.again ? PASSPHRASE.differs : undefined}
        type={type}
        autoComplete="new-password"
        spellCheck={false}
        value={value.again}
        onChange={(event) => onChange({ ...value, again: event.target.value })}
      />
    </div>
  );
}

function Meter({ strength, isQuiet }: { strength: Strength | undefined; isQuiet: boolean }) {
  const [value, text] = strength === undefined ? [0, ""] : STRENGTH[strength];
  return (
    <div className={styles.meter}>
      <meter
        className="visually-hidden"
        aria-label={PASSPHRASE.strength}
        aria-valuetext={text}
        max={3}
        value={value}
      />
      <svg
        aria-hidden="true"
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        className={styles.track}
      >
        <rect width="100" height="4" />
        <rect width={(100 * value) / 3} height="4" data-strength={strength} />
      </svg>
      <p aria-live="polite">{isQuiet ? "" : text}</p>
    </div>
  );
}
