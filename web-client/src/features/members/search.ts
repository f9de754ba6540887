// The filters of the list of members, as they stand in its address.
import { defined, instantIn, type Raw, textIn, wordIn } from "../../search";

export const STATUSES = ["STAGED", "INVITED", "ACCEPTED", "CONFIRMED", "REVOKED"] as const;
export const ROLES = ["OWNER", "ADMIN", "CUSTOM", "USER"] as const;
export const SOURCES = ["SCIM", "ADMIN_API", "CONSOLE", "CLI"] as const;
export const ORDERS = ["newest", "oldest", "email", "changed"] as const;

export function membersSearch(search: Raw) {
  return defined({
    status: wordIn(search, "status", STATUSES),
    role: wordIn(search, "role", ROLES),
    source: wordIn(search, "source", SOURCES),
    group: textIn(search, "group"),
    search: textIn(search, "search"),
    order: wordIn(search, "order", ORDERS),
    after: textIn(search, "after"),
    before: textIn(search, "before"),
  });
}

/** Of one member: the instant that it is shown at. */
export function memberSearch(search: Raw) {
  return defined({ at: instantIn(search, "at") });
}
