// Carries out mutations; after each one, whatever is on the page is asked anew.
import { useState } from "react";
import type { TypedDocumentNode } from "urql";
import { useClient } from "urql";
import type { Problem } from "../ui/states";
import { problemOf } from "./errors";
import { allAnswered } from "./underway";

/** Every page asks for something of its organization: this names all of them. */
const EVERY_PAGE = { additionalTypenames: ["Organization"] };

export interface Refusal {
  code: string;
  message: string;
  path: readonly string[];
}

interface Payload {
  changed: boolean;
  errors: readonly Refusal[];
}

/** What came of it: the payload, perhaps with refusals; or a problem of the whole operation. */
export type Outcome<P> = { payload: P; problem?: never } | { payload?: never; problem: Problem };

export interface Change<Variables, P> {
  run: (variables: Variables) => Promise<Outcome<P>>;
  isRunning: boolean;
}

/** A mutation of one field; `payloadOf` takes its payload out of the data. */
export function useChange<Data, Variables extends object, P extends Payload>(
  document: TypedDocumentNode<Data, Variables>,
  payloadOf: (data: Data) => P,
): Change<Variables, P> {
  const client = useClient();
  const [isRunning, setRunning] = useState(false);
  const run = async (variables: Variables): Promise<Outcome<P>> => {
    setRunning(true);
    try {
      const result = await client.mutation(document, variables, EVERY_PAGE).toPromise();
      if (result.data !== undefined) {
        const payload = payloadOf(result.data);
        // Whoever chooses between two values must see the newer one, and its version.
        if (payload.errors.some(({ code }) => code === "VERSION_CONFLICT")) await allAnswered();
        return { payload };
      }
      if (result.error !== undefined) return { problem: problemOf(result.error) };
      return { problem: { kind: "failed", message: "The answer was empty." } };
    } finally {
      setRunning(false);
    }
  };
  return { run, isRunning };
}

/** In a sentence why something was refused; undefined where it was not. */
export function refusalOf(outcome: Outcome<Payload>): string | undefined {
  return outcome.problem?.message ?? outcome.payload?.errors[0]?.message;
}

/** What was wrong with a field, to stand beside it: its label says there which one "it" is. */
export function refusalAt(refusals: readonly Refusal[], field: string): string | undefined {
  const message = refusals.find(({ path }) => path.includes(field))?.message;
  return message?.startsWith(`${field} `) ? `It ${message.slice(field.length + 1)}` : message;
}
