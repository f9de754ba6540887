// From an address to the filter that the server takes.
import type { requestsSearch } from "./search";

type Search = ReturnType<typeof requestsSearch>;

export function filterOf(search: Search) {
  const { outcome, operation, resource, subject, from, to } = search;
  return {
    ...(outcome && { outcome }),
    ...(operation && { operation: [operation] }),
    ...(resource && { resourceType: [resource] }),
    ...(subject && { subjectId: subject }),
    ...(search.search && { search: search.search }),
    ...((from ?? to) && { receivedAt: { ...(from && { from }), ...(to && { to }) } }),
  };
}
