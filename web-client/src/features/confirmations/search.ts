// The filters of the confirmation queue, as its address has them.
import { defined, type Raw, textIn, wordIn } from "../../search";

export const REASONS = ["ACCEPTED", "REWRAP"] as const;

export function confirmationsSearch(search: Raw) {
  return defined({
    reason: wordIn(search, "reason", REASONS),
    search: textIn(search, "search"),
    after: textIn(search, "after"),
    before: textIn(search, "before"),
  });
}

export type ConfirmationsSearch = ReturnType<typeof confirmationsSearch>;

/** The filter that the server is asked with; null for everybody. */
export function filterOf({ reason, search }: ConfirmationsSearch) {
  const filter = defined({ reason, search });
  return Object.keys(filter).length === 0 ? null : filter;
}
