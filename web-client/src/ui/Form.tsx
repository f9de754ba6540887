// A form: fields under each other, what was refused, and the buttons at its foot.
import type { ReactNode } from "react";
import styles from "./Form.module.css";
import { Notice } from "./Notice";

interface FormProps {
  onSubmit: (values: FormData) => void;
  /** Why the last try came to nothing. */
  refusal?: string | undefined;
  children: ReactNode;
  /** What is done with it; the first button submits. */
  buttons: ReactNode;
}

export function Form({ onSubmit, refusal, children, buttons }: FormProps) {
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(new FormData(event.currentTarget));
      }}
    >
      {children}
      {refusal !== undefined && (
        <Notice tone="bad" isUrgent>
          <p>{refusal}</p>
        </Notice>
      )}
      <div className={styles.buttons}>{buttons}</div>
    </form>
  );
}
