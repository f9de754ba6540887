// Which mail is open, and where in the list one is, as the address has it.
import { defined, type Raw, textIn } from "../../search";

export function mailSearch(search: Raw) {
  return defined({
    mail: textIn(search, "mail"),
    after: textIn(search, "after"),
    before: textIn(search, "before"),
  });
}
