// A button, and a link that looks like one.
import type { ButtonHTMLAttributes, ReactNode } from "react";
import styles from "./Button.module.css";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: ButtonLook;
  /** Something is under way: the button says so and takes no further press. */
  busy?: boolean;
  children: ReactNode;
}

export function Button({ look = "plain", busy = false, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={buttonClass(look, rest.className)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
    >
      {children}
    </button>
  );
}

/** The class of anything that should look like a button. */
export function buttonClass(look: ButtonLook = "plain", more = ""): string {
  return `${styles.button} ${styles[look]} ${more}`;
}
