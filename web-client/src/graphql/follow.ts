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

const TOO_MANY = 429;
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
    await untilSeen(signal);
    const hidden = new AbortController();
    const stopWhenHidden = () => window.document.hidden && hidden.abort();
    window.document.addEventListener("visibilitychange", stopWhenHidden);
    try {
      const response = await fetch(ENDPOINT, {
        method: "POST",
        signal: AbortSignal.any([signal, hidden.signal]),
        credentials: "same-origin",
        headers: {
          ...callHeaders(),
          "Content-Type": "application/json",
          Accept: "text/event-stream",
        },
        body: JSON.stringify({ query: stringifyDocument(document), variables: variables() }),
      });
      if (isRefusal(response.status)) {
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
    } finally {
      window.document.removeEventListener("visibilitychange", stopWhenHidden);
    }
    if (signal.aborted) return;
    sink.onBreak?.();
    await new Promise((resolve) => setTimeout(resolve, hidden.signal.aborted ? 0 : pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== TOO_MANY;
}

/** A browser opens six connections to a server at most: a tab that nobody sees takes none. */
function untilSeen(signal: AbortSignal): Promise<void> | undefined {
  const { document } = window;
  if (!document.hidden) return undefined;
  return new Promise((resolve) => {
    const done = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    document.addEventListener("visibilitychange", done);
    signal.addEventListener("abort", done);
  });
}
