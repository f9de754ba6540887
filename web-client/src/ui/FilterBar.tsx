// A row of filters over a list: words to search for, choices, and a way to take all of them back.
import type { ReactNode } from "react";
import { Button } from "./Button";
import styles from "./FilterBar.module.css";

interface SearchProps {
  label: string;
  value: string;
  onSearch: (words: string) => void;
}

interface FilterBarProps {
  search?: SearchProps;
  children?: ReactNode;
  /** Given where something is filtered. */
  onClear?: (() => void) | undefined;
}

export function FilterBar({ search, children, onClear }: FilterBarProps) {
  return (
    <search className={styles.bar}>
      {search && <SearchBox key={search.value} {...search} />}
      {children}
      {onClear && (
        <Button look="quiet" onClick={onClear}>
          Clear filters
        </Button>
      )}
    </search>
  );
}

function SearchBox({ label, value, onSearch }: SearchProps) {
  return (
    <form
      className={styles.search}
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(String(new FormData(event.currentTarget).get("search") ?? "").trim());
      }}
    >
      <label className={styles.box}>
        <span className={styles.label}>{label}</span>
        <input type="search" name="search" defaultValue={value} className={styles.input} />
      </label>
      <Button type="submit">Search</Button>
    </form>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  onChoose: (value: string) => void;
}

/** One of several; the empty value stands for all of them. */
export function FilterChoice({ label, value, options, onChoose }: ChoiceProps) {
  return (
    <label className={styles.box}>
      <span className={styles.label}>{label}</span>
      <select
        className={styles.input}
        value={value}
        onChange={(event) => onChoose(event.target.value)}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface FilterInstantProps {
  label: string;
  /** An instant, as ISO 8601 in UTC; empty for none. */
  value: string;
  onChange: (value: string) => void;
}

/** A day and a time of it, as the reader's clock has them. */
export function FilterInstant({ label, value, onChange }: FilterInstantProps) {
  return (
    <label className={styles.box}>
      <span className={styles.label}>{label}</span>
      <input
        type="datetime-local"
        className={styles.input}
        key={value}
        defaultValue={value === "" ? "" : localTime(new Date(value))}
        onBlur={(event) => {
          const text = event.target.value;
          const chosen = text === "" ? "" : new Date(text).toISOString();
          if (chosen !== value) onChange(chosen);
        }}
      />
    </label>
  );
}

function localTime(instant: Date): string {
  const shifted = new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

interface ChipsProps {
  label: string;
  chosen: readonly string[];
  options: readonly (readonly [value: string, text: string])[];
  onChange: (chosen: string[]) => void;
}

/** Several of a few, each switched on and off by itself. */
export function FilterChips({ label, chosen, options, onChange }: ChipsProps) {
  return (
    <fieldset className={styles.chips}>
      <legend className={styles.label}>{label}</legend>
      {options.map(([value, text]) => {
        const isOn = chosen.includes(value);
        return (
          <button
            key={value}
            type="button"
            className={styles.chip}
            aria-pressed={isOn}
            onClick={() =>
              onChange(isOn ? chosen.filter((other) => other !== value) : [...chosen, value])
            }
          >
            {text}
          </button>
        );
      })}
    </fieldset>
  );
}
