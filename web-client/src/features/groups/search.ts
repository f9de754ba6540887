// The filters of the list of groups, as they stand in its address.
import { defined, type Raw, textIn, wordIn } from "../../search";

export const GROUP_SOURCES = ["SCIM", "ADMIN_API", "CONSOLE", "CLI"] as const;

export function groupsSearch(search: Raw) {
  return defined({
    search: textIn(search, "search"),
    source: wordIn(search, "source", GROUP_SOURCES),
    after: textIn(search, "after"),
    before: textIn(search, "before"),
  });
}

/** Of one group: where one is in the list of its members. */
export function groupSearch(search: Raw) {
  return defined({ from: textIn(search, "from"), until: textIn(search, "until") });
}
