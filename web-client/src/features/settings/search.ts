// What stands in the addresses of the settings.
import { defined, type Raw, textIn, wordIn } from "../../search";
import { PROVIDER } from "../../words";

const PROVIDERS = Object.keys(PROVIDER) as (keyof typeof PROVIDER)[];

export function guideSearch(search: Raw) {
  return defined({ provider: wordIn(search, "provider", PROVIDERS) });
}

export function tokensSearch(search: Raw) {
  return defined({ after: textIn(search, "after"), before: textIn(search, "before") });
}
