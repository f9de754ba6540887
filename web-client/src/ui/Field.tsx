// Labelled inputs of forms, with a hint and with what is wrong.
import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";
import styles from "./Field.module.css";

interface Labelled {
  label: string;
  hint?: ReactNode;
  /** What is wrong with the value. */
  error?: string | undefined;
  /** The label is there for those who do not see the page. */
  hideLabel?: boolean;
}

type TextFieldProps = Labelled & InputHTMLAttributes<HTMLInputElement>;

export function TextField({ label, hint, error, hideLabel, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, hideLabel }}>
      <input {...rest} {...described(id, hint, error)} className={styles.control} />
    </Frame>
  );
}

type SelectFieldProps = Labelled &
  SelectHTMLAttributes<HTMLSelectElement> & {
    options: readonly (readonly [value: string, text: string])[];
  };

export function SelectField({ label, hint, error, hideLabel, options, ...rest }: SelectFieldProps) {
  const id = useId();
  return (
    <Frame {...{ id, label, hint, error, hideLabel }}>
      <select {...rest} {...described(id, hint, error)} className={styles.control}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
  );
}

type CheckFieldProps = Labelled & InputHTMLAttributes<HTMLInputElement>;

export function CheckField({ label, hint, error, ...rest }: CheckFieldProps) {
  const id = useId();
  return (
    <div className={styles.check}>
      <input type="checkbox" {...rest} {...described(id, hint, error)} />
      <div>
        <label htmlFor={id}>{label}</label>
        <Notes id={id} hint={hint} error={error} />
      </div>
    </div>
  );
}

function described(id: string, hint: ReactNode, error: string | undefined) {
  const notes = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`];
  const ids = notes.filter(Boolean).join(" ");
  return {
    id,
    "aria-describedby": ids === "" ? undefined : ids,
    "aria-invalid": error === undefined ? undefined : true,
  };
}

function Frame(props: Labelled & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={props.id} className={props.hideLabel ? "visually-hidden" : styles.label}>
        {props.label}
      </label>
      {props.children}
      <Notes {...props} />
    </div>
  );
}

function Notes({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | undefined }) {
  return (
    <>
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </>
  );
}
