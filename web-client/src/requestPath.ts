// The path of a SCIM request as people read it.

/** Without the base URL that all of them share, and with its letters as they were meant. */
export function shortPath(path: string): string {
  const below = path.replace(/^\/v2\/[0-9a-f-]{36}(?=[/?]|$)/i, "") || "/";
  try {
    return decodeURIComponent(below.replaceAll("+", " "));
  } catch {
    return below;
  }
}
