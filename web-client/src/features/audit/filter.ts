// From an address to the filter that the server takes.
import type { auditSearch } from "./search";

type Search = ReturnType<typeof auditSearch>;

export function filterOf({ action, origin, actor, subject, correlation, from, to }: Search) {
  return {
    ...(action && { action: [action] }),
    ...(origin && { origin: [origin] }),
    ...(actor && { actorId: actor }),
    ...(subject && { subjectId: subject }),
    ...(correlation && { correlationId: correlation }),
    ...((from ?? to) && { occurredAt: { ...(from && { from }), ...(to && { to }) } }),
  };
}
