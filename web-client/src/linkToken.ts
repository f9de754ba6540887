// Tokens of links in mails: taken out of the address before anything else sees it.

const KINDS = ["inv", "sil"] as const;
export type LinkKind = (typeof KINDS)[number];

// An invitation outlives a reload and the way to a provider and back; this tab alone knows it.
const KEPT = "rollcall-invitation";

let signInToken: string | undefined;

/** Takes a token out of the address, if there is one; whether there was. */
export function takeLinkToken(): boolean {
  const token = window.location.hash.slice(1);
  const kind = KINDS.find((known) => token.startsWith(`${known}_`));
  if (kind === undefined) return false;
  if (kind === "inv") sessionStorage.setItem(KEPT, token);
  else signInToken = token;
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, "", pathname + search);
  return true;
}

/** The token that this tab came with. */
export function linkToken(kind: LinkKind): string | undefined {
  return kind === "inv" ? (sessionStorage.getItem(KEPT) ?? undefined) : signInToken;
}

/** Whether nothing of an invitation's token was cut off. */
export function isWholeInvitation(token: string): boolean {
  return /^inv(_[0-9a-f]{32}){2}_[\w-]{43}$/.test(token);
}

/** Forgets a token that was used up. */
export function forgetLinkToken(kind: LinkKind): void {
  if (kind === "inv") sessionStorage.removeItem(KEPT);
  else signInToken = undefined;
}
