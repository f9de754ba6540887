// What the page about oneself says.
import type { Shape, Tone } from "../../ui/StatusBadge";

export const MEMBERSHIP = {
  title: "My membership",
  signOut: "Sign out",
  noPersonTitle: "This page is about a person",
  noPerson:
    "You came with an access token, which is nobody. Sign in by a link to see yourself here.",
  emptyTitle: "You are in no organization yet",
  empty: "Once somebody invites you and you accept, your membership stands here.",
  open: "Open the console",
  role: "Role",
  words: "Your six words",
  wordsWhy:
    "An administrator who confirms you sees the same, unless somebody put another key in place of yours.",
  organizationWords: "Six words of the organization's key",
  organizationWhy: "Every member who holds the key sees these words.",
  closed:
    "The key that was handed to you does not open with yours. Ask an administrator to hand it over once more.",
  unlockFirst: "Unlock your key to open the organization's.",
} as const;

/** What each status means for the person, and what comes next. */
export const STATUS_MEANING: Record<string, string> = {
  STAGED: "You are on the list, but were not invited yet.",
  INVITED: "You were invited. Open the link in the mail to accept.",
  ACCEPTED:
    "You have accepted. An administrator has to confirm you; there is nothing for you to do.",
  CONFIRMED: "You are a member.",
  REVOKED: "Your access was taken away. Ask an administrator if you think this is a mistake.",
};

export const KEY_STATE = {
  MISSING: [
    "No key yet",
    "box",
    "wait",
    "The organization's key was not handed to you yet: an administrator has to do that.",
  ],
  STALE: [
    "Key out of date",
    "half",
    "wait",
    "The organization's key, or yours, is a new one: an administrator has to hand it to you again.",
  ],
  CURRENT: ["Key at hand", "tick", "good", "You hold the organization's key."],
} as const satisfies Record<string, readonly [string, Shape, Tone, string]>;

export const KEYS = {
  title: "Your key",
  noneTitle: "You have no key yet",
  none: "Organizations that share a secret with their members need one of you. Your browser makes it and locks it with a passphrase.",
  has: "Made in your browser, locked with your passphrase. Nobody else can open it, nor reset the passphrase.",
  unlock: "Unlock",
  setUp: "Set up a key",
  replace: "Make a new key",
  replaceTitle: "Make a new key",
  replaceWarning:
    "For a forgotten passphrase, or when somebody may know it. Every organization that shares a key with you has to hand it over again, and an administrator will compare six new words with you.",
  submit: "Make the key",
  cancel: "Cancel",
  made: "Your new key is set up.",
} as const;

export const SESSIONS = {
  title: "Where you are signed in",
  list: "Sessions",
  device: "Browser",
  method: "Signed in by",
  since: "Since",
  seen: "Last seen",
  current: "This one",
  end: "End",
  endNamed: (device: string) => `End the session of ${device}`,
  ended: "That session has ended.",
  unknown: "Unknown browser",
} as const;

export const METHOD: Record<string, string> = {
  LINK: "Link by mail",
  OIDC: "Single sign-on",
  INVITATION: "Invitation",
};
