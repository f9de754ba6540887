// Switches of a connection while somebody edits them.
import type { Difference } from "../../ui/Conflict";
import { PROVIDER } from "../../words";
import type { Connection } from "./Provisioning";
import { SWITCHES } from "./words";

type Settings = Connection["settings"];

export type Draft = Omit<Settings, "contentType"> & {
  provider: NonNullable<Connection["provider"]> | "";
};

export function draftOf({ provider, settings }: Connection): Draft {
  const { contentType: _, ...switches } = settings;
  return { provider: provider ?? "", ...switches };
}

/** What to send: all that differs from what was seen, and the version that was seen. */
export function inputOf(organizationId: string, seen: Connection, draft: Draft) {
  const before = draftOf(seen);
  const { provider, ...switches } = draft;
  const changed = Object.fromEntries(
    Object.entries(switches).filter(
      ([field, value]) => before[field as keyof typeof switches] !== value,
    ),
  );
  return {
    organizationId,
    expectedVersion: seen.version,
    ...(provider !== before.provider && { provider: provider === "" ? null : provider }),
    ...changed,
  };
}

/** What differs between what is there and what is wanted, in words. */
export function wordsOf(theirs: Draft, yours: Draft): Difference[] {
  const providerWord = (draft: Draft) =>
    draft.provider === "" ? "none" : PROVIDER[draft.provider];
  const rows: Difference[] = [
    { name: "Provider", theirs: providerWord(theirs), yours: providerWord(yours) },
    ...SWITCHES.map(({ field, label, options }) => {
      const word = (draft: Draft) =>
        options.find(([value]) => value === draft[field])?.[1] ?? draft[field];
      return { name: label, theirs: word(theirs), yours: word(yours) };
    }),
    {
      name: "Unknown members in groups",
      theirs: theirs.strictMemberIds ? "refused" : "left out",
      yours: yours.strictMemberIds ? "refused" : "left out",
    },
  ];
  const different = rows.filter((row) => row.theirs !== row.yours);
  return different.length > 0 ? different : rows.slice(0, 1);
}
