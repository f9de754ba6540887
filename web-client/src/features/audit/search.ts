// The filters of the history, as they stand in its address.
import { defined, instantIn, type Raw, textIn, wordIn } from "../../search";

export const ORIGINS = ["SCIM", "ADMIN_API", "CONSOLE", "CLI", "SYSTEM"] as const;

export function auditSearch(search: Raw) {
  return defined({
    action: textIn(search, "action"),
    origin: wordIn(search, "origin", ORIGINS),
    actor: textIn(search, "actor"),
    subject: textIn(search, "subject"),
    correlation: textIn(search, "correlation"),
    from: instantIn(search, "from"),
    to: instantIn(search, "to"),
    after: textIn(search, "after"),
    before: textIn(search, "before"),
  });
}
