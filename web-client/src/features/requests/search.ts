// The filters of the list of SCIM requests, as they stand in its address.
import { defined, instantIn, type Raw, textIn, wordIn, wordsIn } from "../../search";

export const OUTCOMES = ["APPLIED", "UNCHANGED", "REJECTED", "FAILED"] as const;
export const OPERATIONS = [
  "CREATE",
  "READ",
  "SEARCH",
  "REPLACE",
  "PATCH",
  "DELETE",
  "BULK",
  "DISCOVERY",
] as const;
export const RESOURCE_TYPES = ["USER", "GROUP"] as const;

export function requestsSearch(search: Raw) {
  return defined({
    outcome: wordsIn(search, "outcome", OUTCOMES),
    operation: wordIn(search, "operation", OPERATIONS),
    resource: wordIn(search, "resource", RESOURCE_TYPES),
    subject: textIn(search, "subject"),
    search: textIn(search, "search"),
    from: instantIn(search, "from"),
    to: instantIn(search, "to"),
    after: textIn(search, "after"),
    before: textIn(search, "before"),
  });
}
