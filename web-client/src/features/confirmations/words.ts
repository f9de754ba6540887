// What the confirmation queue says.
import type { Shape, Tone } from "../../ui/StatusBadge";

export const QUEUE = {
  title: "Confirmations",
  lead: "People who accepted and wait for you, oldest first.",
  leadWithKeys:
    "People who wait for the organization's key, oldest first. Compare the six words with each of them, by telephone or face to face.",
  caption: "Members who wait",
  search: "Name or e-mail",
  reason: "Reason",
  everyReason: "All",
  member: "Member",
  since: "Since",
  words: "Six words",
  compare: "Compare",
  compareNamed: (name: string) => `Compare the words of ${name}`,
  noKey: "No key yet",
  confirm: "Confirm",
  confirmNamed: (name: string) => `Confirm ${name}`,
  confirmSelected: "Confirm selected",
  confirmAll: (count: number) => `Confirm all ${count.toLocaleString("en")}`,
  pages: "Pages of the queue",
  waiting: (count: number) =>
    count === 1 ? "1 person waits" : `${count.toLocaleString("en")} people wait`,
  confirmed: (name: string) => `${name} is confirmed.`,
  unchanged: (name: string) => `${name} was confirmed by somebody else meanwhile.`,
  key: "Organization key",
} as const;

export const REASON = {
  ACCEPTED: ["New", "half", "wait"],
  REWRAP: ["Needs the key again", "box", "news"],
} as const satisfies Record<string, readonly [string, Shape, Tone]>;

export const EMPTY = {
  title: "Nobody waits",
  text: "Whoever accepts an invitation comes here for you to confirm.",
  members: "See all members",
  filteredTitle: "Nobody like that waits",
  filtered: "No one in the queue meets these filters.",
  clear: "Clear filters",
} as const;

export const COMPARE = {
  title: (name: string) => `Is this ${name}?`,
  ask: "Call them, or meet them, and let them read their six words to you. They find them under “My membership”.",
  label: "Their six words",
  same: "Same words: confirm",
  later: "Not now",
  differ:
    "If a single word differs, do not confirm: somebody may have put another key in its place. Tell whoever runs this server.",
  changedTitle: "They have another key now",
  changed: "Since you opened this, their key was replaced. Compare the words once more.",
  before: "The words before",
  now: "The words now",
} as const;

export const ALL = {
  title: (count: number) =>
    count === 1 ? "Confirm 1 person?" : `Confirm ${count.toLocaleString("en")} people?`,
  plain: "They become members at once, and each gets a mail.",
  keys: "You hand each of them the organization's key without having compared their six words. You then trust that this server shows you the right keys.",
  go: "Confirm them",
  cancel: "Cancel",
} as const;

export const MAY_NOT = "You may look, but not confirm: that needs the permission";
