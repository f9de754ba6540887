// What the address of the sign-in page says.
import { defined, type Raw, textIn } from "../../search";

export function signInSearch(search: Raw) {
  return defined({
    // biome-ignore lint/suspicious/noThenProperty: the name that every address of this server uses
    then: textIn(search, "then"),
    /** Short name of the organization whose own sign-in is asked for. */
    organization: textIn(search, "organization"),
    /** Why single sign-on came to nothing. */
    problem: textIn(search, "problem"),
  });
}

/** A path of this console to go to; the start for anything else. */
export function localPath(then: string | undefined): string {
  // `//host` and `/\host` are other machines to a browser.
  return then !== undefined && /^\/(?![/\\])/.test(then) ? then : "/";
}
