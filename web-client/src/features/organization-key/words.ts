// What the page about the organization's key says.
export const KEY = {
  title: "Organization key",
  lead: "One secret key that all confirmed members share. This server carries it from member to member and can never read it.",
  none: "There is no such organization",
  noneText: "It may have another address by now, or you may not see it.",
  version: "Version",
  handshake: "Confirming members",
  on: "Hands over the key",
  off: "Is an approval only",
  words: "Six words of the key",
  wordsWhy: "Every member who holds the key sees the same words under “My membership”.",
  closed: "Your wrapped key does not open with yours.",
  unlock: "Unlock to see its words",
  needsOwner: "Creating, replacing and switching it needs the permission",
} as const;

export const CREATE = {
  title: "There is no key yet",
  text: "Create one if your members share something that nobody else may read. Your browser makes it and locks it for you; you then hand it to each member as you confirm them.",
  keysFirst: "Set up a key of your own first: the organization's key is locked for it.",
  person:
    "You came with an access token, which holds no keys. Sign in as an owner, or use rollcall key create.",
  setUp: "Set up my key",
  go: "Create the organization's key",
  done: "The organization's key is created, and you hold it.",
} as const;

export const SWITCH = {
  title: "When a member is confirmed",
  on: "Hand over the key",
  onWhy:
    "Nobody is confirmed without it. Members without a key of their own have to set one up first.",
  off: "Only approve",
  offWhy: "Members are confirmed without the key. Keys that were handed over stay where they are.",
  turnOn: "Hand over the key from now on",
  turnOff: "Only approve from now on",
  done: "Changed.",
} as const;

export const REWRAP = {
  title: "Who still needs the key",
  none: "Every confirmed member holds the key as it is now.",
  some: (count: number) =>
    count === 1
      ? "1 confirmed member still needs the key as it is now."
      : `${count.toLocaleString("en")} confirmed members still need the key as it is now.`,
  go: "Hand it to all of them",
  see: "See who, and compare words",
} as const;

export const ROTATE = {
  title: "Replace the key",
  text: "Do this after somebody left who knew it, where what it protects matters. A new key does not take back what they have read.",
  go: "Replace the key",
  ask: "Replace the organization's key?",
  what: "Your browser makes a new key and hands it to every confirmed member. It can be stopped and gone on with at any time; until then the others hold the old one.",
  without:
    "You cannot compare six words with each of them now: you trust that this server shows you their right keys.",
  submit: "Make a new key and hand it over",
  cancel: "Cancel",
  raced: "Somebody else replaced it meanwhile. What you see now is theirs.",
} as const;
