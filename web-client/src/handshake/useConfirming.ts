// A run that confirms members, as a page shows it: how far it is, what came of each, how to stop.
import { useState } from "react";
import { useClient } from "urql";
import { problemOf } from "../graphql/errors";
import type { ResultOf, VariablesOf } from "../graphql/graphql";
import type { OrganizationKey } from "../keys/organizationKey";
import {
  confirmAll,
  confirmThese,
  type Item,
  type RowResult,
  type WaitingMember,
} from "./confirming";
import { confirmMembers, type waitingFields, waitingQuery } from "./queries";

const PAGE = 100;

type Filter = VariablesOf<typeof waitingQuery>["filter"];
type Waiting = ResultOf<typeof waitingFields>["nodes"][number];

export interface Run {
  total: number;
  results: readonly RowResult[];
  isRunning: boolean;
  /** Why the run ended before its end. */
  problem?: string;
}

/** A pending confirmation as it is confirmed. */
export function waitingMember({ member, publicKey }: Waiting): WaitingMember {
  return {
    memberId: member.id,
    name: member.displayName ?? member.userName,
    publicKey: publicKey ?? null,
  };
}

export function useConfirming(organizationId: string, slug: string, onEnd: () => void) {
  const client = useClient();
  const [run, setRun] = useState<Run>();
  const [control, setControl] = useState<AbortController>();

  const confirm = async (items: Item[]) => {
    const variables = { input: { organizationId, members: items } };
    const { data, error } = await client.mutation(confirmMembers, variables).toPromise();
    if (error !== undefined) throw new Error(problemOf(error).message);
    const [refused] = data?.bulkConfirmMembers.errors ?? [];
    const results = data?.bulkConfirmMembers.results ?? [];
    if (refused !== undefined && results.length === 0) throw new Error(refused.message);
    return results;
  };

  const page = async (filter: Filter, first: number, after: string | null) => {
    const variables = { slug, filter: filter ?? null, first, after };
    const options = { requestPolicy: "network-only" } as const;
    const { data, error } = await client.query(waitingQuery, variables, options).toPromise();
    const found = data?.organization?.pendingConfirmations;
    if (found === undefined) throw new Error(error && problemOf(error).message);
    return found;
  };

  const next = async (filter: Filter, after: string | null) => {
    const found = await page(filter, PAGE, after);
    return {
      waiting: found.nodes.map(waitingMember),
      cursor: found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null,
    };
  };

  const start = async (
    total: number,
    work: (onResults: (some: RowResult[]) => void, signal: AbortSignal) => Promise<void>,
  ): Promise<readonly RowResult[]> => {
    const stop = new AbortController();
    const results: RowResult[] = [];
    setControl(stop);
    setRun({ total, results: [], isRunning: true });
    let problem: string | undefined;
    try {
      await work((some) => {
        results.push(...some);
        setRun({ total, results: [...results], isRunning: true });
      }, stop.signal);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    setRun({
      total,
      results: [...results],
      isRunning: false,
      ...(problem !== undefined && { problem }),
    });
    onEnd();
    return results;
  };

  return {
    run,
    stop: () => control?.abort(),
    clear: () => setRun(undefined),
    /** How many wait now. */
    count: async (filter: Filter) => (await page(filter, 1, null)).totalCount,
    these: (waiting: readonly WaitingMember[], key: OrganizationKey | undefined) =>
      start(waiting.length, (onResults, signal) =>
        confirmThese(waiting, key, confirm, onResults, signal),
      ),
    all: (filter: Filter, total: number, key: OrganizationKey | undefined) =>
      start(total, (onResults, signal) =>
        confirmAll({ next: (after) => next(filter, after), confirm }, key, onResults, signal),
      ),
  };
}
