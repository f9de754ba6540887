// How filters stand in addresses: `?status=INVITED,ACCEPTED&search=ada`, readable and short.

export type Raw = Record<string, unknown>;

/** The parameters of an address, each a text. */
export function parseSearch(address: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(address));
}

/** An address's parameters; what is empty is left out, lists are joined by commas. */
export function stringifySearch(search: Raw): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    const text = Array.isArray(value) ? value.join(",") : String(value ?? "");
    if (text !== "") parameters.set(name, text);
  }
  const text = parameters.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}

/** A text that may be missing. */
export function textIn(search: Raw, name: string): string | undefined {
  const value = search[name];
  return value === undefined || value === null || value === "" ? undefined : String(value);
}

/** One of the known words, or nothing. */
export function wordIn<Word extends string>(
  search: Raw,
  name: string,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === search[name]);
}

/** Those of the known words that are named. */
export function wordsIn<Word extends string>(
  search: Raw,
  name: string,
  words: readonly Word[],
): Word[] | undefined {
  const value = search[name];
  const named = Array.isArray(value) ? value : String(value ?? "").split(",");
  const found = words.filter((word) => named.includes(word));
  return found.length === 0 ? undefined : found;
}

/** An instant as ISO 8601; anything else is nothing. */
export function instantIn(search: Raw, name: string): string | undefined {
  const text = textIn(search, name);
  return text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text;
}

/** The object without what is undefined. */
export function defined<Value extends object>(
  value: Value,
): {
  [Key in keyof Value]?: Exclude<Value[Key], undefined>;
} {
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof defined<Value>>;
}
