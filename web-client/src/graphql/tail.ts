// The newest rows of a list that grows at its head: each row once, none left out.
import { useMemo, useSyncExternalStore } from "react";
import type { TypedDocumentNode } from "urql";
import type { Problem } from "../ui/states";
import { follow } from "./follow";

export interface Edge<Row> {
  cursor: string;
  node: Row;
}

export interface TailState<Row> {
  /** What came since the page was read, newest first. */
  rows: readonly Row[];
  phase: "off" | "opening" | "live" | "paused" | "broken" | "refused";
  problem?: Problem;
}

export interface TailSource<Data, Variables, Row> {
  /** Whether to follow at all: a page of long ago has nothing to come. */
  isOn: boolean;
  document: TypedDocumentNode<Data, Variables>;
  variables: Omit<Variables, "after">;
  edgeOf: (data: Data) => Edge<Row>;
  /** Cursor of the newest row that the page shows; undefined where it shows none. */
  after: string | undefined;
  /** Reads the page anew, where it was empty and so had no cursor to go on from. */
  onUnsure: () => void;
}

const MOST_ROWS = 500;

/** A store of what comes after a cursor; it follows while somebody listens and it is not paused. */
export class Tail<Data, Variables, Row> {
  #source: TailSource<Data, Variables, Row>;
  #state: TailState<Row> = { rows: [], phase: "opening" };
  #after: string | undefined;
  #listeners = new Set<() => void>();
  #stop: (() => void) | undefined;

  constructor(source: TailSource<Data, Variables, Row>) {
    this.#source = source;
    if (!source.isOn) this.#state = { rows: [], phase: "off" };
    this.#after = source.after;
  }

  snapshot = (): TailState<Row> => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#source.isOn && this.#state.phase !== "paused") this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  pause = (): void => {
    this.#close();
    this.#change({ phase: "paused" });
  };

  resume = (): void => {
    this.#change({ phase: "opening" });
    this.#open();
  };

  #open(): void {
    if (this.#stop !== undefined) return;
    const { document, edgeOf, onUnsure } = this.#source;
    this.#stop = follow(document, () => this.#variables(), {
      onBegin: () => {
        // Without a cursor the server tells from now on: what came before now must be read.
        if (this.#after === undefined) onUnsure();
        this.#change({ phase: "live" });
      },
      onNext: (data) => {
        const { cursor, node } = edgeOf(data);
        this.#after = cursor;
        this.#change({ rows: [node, ...this.#state.rows].slice(0, MOST_ROWS) });
      },
      onBreak: () => this.#change({ phase: "broken" }),
      onEnd: (problem) => {
        this.#close();
        this.#change({ phase: "refused", ...(problem !== undefined && { problem }) });
      },
    });
  }

  #variables(): Variables {
    return { ...this.#source.variables, after: this.#after ?? null } as Variables;
  }

  #close(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #change(part: Partial<TailState<Row>>): void {
    this.#state = { ...this.#state, ...part };
    for (const listener of this.#listeners) listener();
  }
}

/** The tail behind a page; a new one begins where the page or its filter changes. */
export function useTail<Data, Variables, Row>(
  source: TailSource<Data, Variables, Row>,
): TailState<Row> & { pause: () => void; resume: () => void } {
  const key = JSON.stringify([source.isOn, source.variables, source.after]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the source
  const tail = useMemo(() => new Tail(source), [key]);
  const state = useSyncExternalStore(tail.subscribe, tail.snapshot);
  return { ...state, pause: tail.pause, resume: tail.resume };
}
