// What changed among the members since a list of them was read.
import { useState } from "react";
import { type ChangedMember, useCounts } from "../../graphql/counts";

interface Listed {
  id: string;
  version: number;
}

/** How many members the list does not show as they are now; `readAt` is the last change before it was read. */
export function newsFor(
  members: readonly Listed[],
  changed: ReadonlyMap<string, ChangedMember>,
  readAt: number,
): number {
  const shown = new Map(members.map(({ id, version }) => [id, version]));
  return [...changed].filter(([id, { number, version }]) => {
    const before = shown.get(id);
    if (before === undefined) return version !== undefined && number > readAt;
    return version === undefined || version > before;
  }).length;
}

/** The same for the list on the page, which begins anew whenever it is read. */
export function useNews(members: readonly Listed[] | undefined): number {
  const { changes, changed } = useCounts();
  const [read, setRead] = useState({ members, at: changes });
  if (read.members !== members) {
    setRead({ members, at: changes });
    return 0;
  }
  return members === undefined ? 0 : newsFor(members, changed, read.at);
}
