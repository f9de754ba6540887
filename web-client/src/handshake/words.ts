// What everything around keys says.
import type { Strength } from "../keys/strength";
import type { Shape, Tone } from "../ui/StatusBadge";

export const STRENGTH: Record<Strength, readonly [value: number, text: string]> = {
  short: [0, "Too short: at least 14 characters."],
  weak: [1, "Too easy to guess. Add words that have nothing to do with each other."],
  fair: [2, "Good enough. One more word makes it better."],
  strong: [3, "Strong."],
};

export const PASSPHRASE = {
  label: "Choose a passphrase",
  hint: "At least 14 characters, for example five or six words. It stays in this browser.",
  again: "The same once more",
  differs: "The two are not the same.",
  show: "Show",
  hide: "Hide",
  suggest: "Suggest one",
  suggested:
    "Write it down or put it into your password manager now. Nobody can tell it to you later.",
  strength: "Strength of the passphrase",
} as const;

export const UNLOCK = {
  title: "Unlock your key",
  lead: "Your passphrase opens your key in this tab for 15 minutes. It is sent nowhere.",
  passphrase: "Passphrase",
  submit: "Unlock",
  cancel: "Cancel",
  wrong: "This passphrase does not open your key. Look out for capitals and spaces.",
  lock: "Lock now",
  unlocked: "Your key is unlocked in this tab.",
  locked: "Your key is locked.",
} as const;

export const HOLDER = {
  title: "You cannot hand the key over from here",
  token:
    "You came with an access token, which holds no keys. Sign in as a member who holds the organization's key, or use rollcall confirm.",
  keys: "You have no key of your own yet. Set one up first; another administrator then hands you the organization's key.",
  handover:
    "You do not hold the organization's key as it is now. Another administrator who holds it has to hand it to you.",
  membership: "Go to my membership",
  cannotOpen: "Your wrapped key does not open. Ask another administrator to hand it to you again.",
} as const;

export const RUN = {
  title: "Confirming",
  results: "What came of each",
  member: "Member",
  result: "Result",
  why: "Why",
  stop: "Stop",
  clear: "Close",
  broken: "It stopped before the end",
  goOn: "Nobody is confirmed twice: start again and it goes on with who still waits.",
  done: (done: number, refused: number, total: number) =>
    [
      `${number(done)} of ${number(total)} done`,
      refused > 0 ? `, ${number(refused)} refused.` : ".",
    ].join(""),
} as const;

export const RUN_OUTCOME = {
  confirmed: ["Confirmed", "tick", "good"],
  unchanged: ["Was done already", "bar", "calm"],
  refused: ["Refused", "cross", "bad"],
} as const satisfies Record<string, readonly [string, Shape, Tone]>;

function number(count: number): string {
  return count.toLocaleString("en");
}
