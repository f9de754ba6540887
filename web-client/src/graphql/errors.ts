// What went wrong with an operation, in the words the console shows.
import type { CombinedError } from "urql";
import type { Problem } from "../ui/states";

export interface ServerError {
  message: string;
  extensions?: Record<string, unknown> | undefined;
}

/** The code of the first error, as `FORBIDDEN`. */
export function codeOf(errors: readonly ServerError[]): string | undefined {
  return text(errors[0]?.extensions?.code);
}

/** The problem to show for an operation that failed as a whole. */
export function problemOf(error: CombinedError): Problem {
  if (error.graphQLErrors.length > 0) return problemOfErrors(error.graphQLErrors);
  return { kind: "offline", message: "It may be restarting, or the network is away." };
}

/** The problem to show for the errors of an answer. */
export function problemOfErrors(errors: readonly ServerError[]): Problem {
  const [first] = errors;
  if (first === undefined) return { kind: "failed", message: "The answer was empty." };
  const found = first.extensions ?? {};
  const correlationId = text(found.correlationId);
  const problem = {
    message: first.message,
    ...(correlationId !== undefined && { correlationId }),
  };
  switch (found.code) {
    case "FORBIDDEN": {
      const scope = text(found.scope) ?? /needs the scope ([A-Z_]+)/.exec(first.message)?.[1];
      return { kind: "forbidden", ...problem, ...(scope !== undefined && { scope }) };
    }
    case "RATE_LIMITED":
      return { kind: "busy", ...problem };
    default:
      return { kind: "failed", ...problem };
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
