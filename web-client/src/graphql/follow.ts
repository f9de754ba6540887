// Follows a subscription over server-sent events, and goes on behind the last event when cut off.
import type { TypedDocumentNode } from "urql";
import { stringifyDocument } from "urql";
import type { Problem } from "../ui/states";
import { callHeaders, ENDPOINT } from "./client";
import { problemOfErrors, type ServerError } from "./errors";
import { eventsOf } from "./sse";

interface Sink<Data> {
  /** The server listens from now on. */
  onBegin?: () => void;
  onNext: (data: Data) => void;
  /** The stream broke and is opened again after a pause. */
  onBreak?: () => void;
  /** The server refuses, or has told all. Nothing follows. */
  onEnd?: (problem?: Problem) => void;
}

interface Answer<Data> {
  data?: Data | null;
  errors?: readonly ServerError[];
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Begins to follow; `variables` is asked anew for each try. The result stops it. */
export function follow<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables,
  sink: Sink<Data>,
): () => void {
  const control = new AbortController();
  void keepFollowing(document, variables, sink, control.signal);
  return () => control.abort();
}

async function keepFollowing<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: () => Variables,
  sink: Sink<Data>,
  signal: AbortSignal,
): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const response = await fetch(ENDPOINT, {
        method: "POST",
        signal,
        credentials: "same-origin",
        headers: {
          ...callHeaders(),
          "Content-Type": "application/json",
          Accept: "text/event-stream",
        },
        body: JSON.stringify({ query: stringifyDocument(document), variables: variables() }),
      });
      if (response.status >= 400 && response.status < 500 && response.status !== 429) {
        const answer: Answer<Data> = await response.json();
        sink.onEnd?.(problemOfErrors(answer.errors ?? []));
        return;
      }
      if (response.ok && response.body !== null) {
        sink.onBegin?.();
        for await (const event of eventsOf(response.body)) {
          if (event.name === "complete") return sink.onEnd?.();
          const answer: Answer<Data> = JSON.parse(event.data);
          if (answer.errors) return sink.onEnd?.(problemOfErrors(answer.errors));
          if (answer.data) sink.onNext(answer.data);
          pause = FIRST_PAUSE_MS;
        }
      }
    } catch {
      // A broken connection, like an answer of 5xx, is worth another try.
    }
    if (signal.aborted) return;
    sink.onBreak?.();
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
