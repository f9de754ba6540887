// From an address to the filter that the server takes.
import type { membersSearch } from "./search";

type Search = ReturnType<typeof membersSearch>;

export function filterOf({ status, role, source, group, search }: Search) {
  return {
    ...(status && { status: [status] }),
    ...(role && { role: [role] }),
    ...(source && { source: [source] }),
    ...(group && { groupId: group }),
    ...(search && { search }),
  };
}

export type Filter = ReturnType<typeof filterOf>;
