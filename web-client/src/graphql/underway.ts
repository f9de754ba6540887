// Which queries are on their way to the server, for those who must not go on with an old answer.
import type { Exchange } from "urql";
import { pipe, tap } from "wonka";

/** The keys of queries that were sent and not answered. */
const underway = new Set<number>();
let waiting: (() => void)[] = [];

function ended(key: number): void {
  underway.delete(key);
  if (underway.size > 0) return;
  const told = waiting;
  waiting = [];
  for (const tell of told) tell();
}

/** Notes what is sent, and answered or given up; it stands behind the cache. */
export const underwayExchange: Exchange =
  ({ forward }) =>
  (operations$) =>
    pipe(
      operations$,
      tap(({ kind, key }) => {
        if (kind === "query") underway.add(key);
        if (kind === "teardown") ended(key);
      }),
      forward,
      tap(({ operation }) => ended(operation.key)),
    );

/** Resolves when all that a change made the page ask again is answered. */
export async function allAnswered(): Promise<void> {
  // What a change makes old is asked anew right after its answer, not with it.
  await new Promise((resolve) => setTimeout(resolve));
  if (underway.size > 0) await new Promise<void>((resolve) => waiting.push(resolve));
}
