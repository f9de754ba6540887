// How many members there are in each status, kept current while they change.
import { createContext, useContext, useMemo, useSyncExternalStore } from "react";
import { useQuery } from "urql";
import { follow } from "./follow";
import { graphql } from "./graphql";
import type { Session } from "./session";

const countsQuery = graphql(`
  query Counts($slug: String!) {
    organization(by: { slug: $slug }) {
      id
      memberCounts { total staged invited accepted confirmed revoked }
    }
  }
`);

const changesSubscription = graphql(`
  subscription MemberChanges($organizationId: ID!, $after: String) {
    memberChanges(organizationId: $organizationId, after: $after) {
      cursor
      memberId
      member { version }
      counts { total staged invited accepted confirmed revoked }
    }
  }
`);

export interface Counts {
  total: number;
  staged: number;
  invited: number;
  accepted: number;
  confirmed: number;
  revoked: number;
}

/** The newest change of a member. */
export interface ChangedMember {
  /** Which change it was since the console was opened. */
  number: number;
  /** The member's version after it; undefined where the member is gone. */
  version: number | undefined;
}

interface LiveCounts {
  counts: Counts | undefined;
  /** Grows with each change of a member's status since the console was opened. */
  changes: number;
  /** Those that changed last, by their ids. */
  changed: ReadonlyMap<string, ChangedMember>;
}

const MOST_REMEMBERED = 500;
const NOTHING: LiveCounts = { counts: undefined, changes: 0, changed: new Map() };

/** Follows the changes of an organization's members while somebody listens. */
class CountsFollower {
  #state = NOTHING;
  #after: string | undefined;

  readonly organizationId: string | undefined;

  constructor(organizationId: string | undefined) {
    this.organizationId = organizationId;
  }

  snapshot = (): LiveCounts => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    const { organizationId } = this;
    if (organizationId === undefined) return () => {};
    const variables = () => ({ organizationId, after: this.#after ?? null });
    return follow(changesSubscription, variables, {
      onNext: ({ memberChanges: { cursor, memberId, member, counts } }) => {
        this.#after = cursor;
        const changes = this.#state.changes + 1;
        const kept = [...this.#state.changed].filter(([id]) => id !== memberId);
        const changed = new Map(kept.slice(1 - MOST_REMEMBERED));
        changed.set(memberId, { number: changes, version: member?.version });
        this.#state = { counts, changes, changed };
        listener();
      },
    });
  };
}

export const CountsContext = createContext<LiveCounts>(NOTHING);

/** The counts of the shell; undefined where they are not known or may not be seen. */
export function useCounts(): LiveCounts {
  return useContext(CountsContext);
}

/** What the shell gives to its pages: the counts as asked once, then as they change. */
export function useLiveCounts({ organization, scopes }: Session): LiveCounts {
  const isAllowed = scopes.has("MEMBERS_READ");
  const [{ data }] = useQuery({
    query: countsQuery,
    variables: { slug: organization.slug },
    requestPolicy: "cache-first",
    pause: !isAllowed,
  });
  const id = isAllowed ? organization.id : undefined;
  const follower = useMemo(() => new CountsFollower(id), [id]);
  const live = useSyncExternalStore(follower.subscribe, follower.snapshot);
  return useMemo(
    () => ({ ...live, counts: live.counts ?? data?.organization?.memberCounts }),
    [live, data],
  );
}
