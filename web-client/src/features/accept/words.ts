// What the accept page says, to people who may never have heard of Rollcall.

export interface Void {
  title: string;
  text: string;
  /** What is said instead to who is signed in. */
  textSignedIn?: string;
  /** Whether another mail with a link helps. */
  canAsk: boolean;
}

export const VOID: Record<string, Void> = {
  EXPIRED: {
    title: "This invitation has expired",
    text: "An invitation works for a few days. You can have a new one sent to the same address.",
    canAsk: true,
  },
  USED: {
    title: "This invitation was accepted already",
    text: "If that was you, there is nothing more to do here: sign in to see how far it is.",
    textSignedIn:
      "If that was you, there is nothing more to do here: your membership says how far it is.",
    canAsk: false,
  },
  REPLACED: {
    title: "There is a newer invitation",
    text: "You were sent another mail after this one. Open the link in the newest mail; if you cannot find it, ask whoever invited you for one more.",
    canAsk: false,
  },
  REVOKED: {
    title: "This invitation was withdrawn",
    text: "Whoever invited you took it back. If you think this is a mistake, ask them.",
    canAsk: false,
  },
  ADDRESS_CHANGED: {
    title: "This invitation was for another address",
    text: "Your e-mail address was changed after it was sent. Look for a newer mail at your new address.",
    canAsk: false,
  },
};

const UNKNOWN: Void = {
  title: "This link leads to no invitation",
  text: "It was cut off on the way. Copy the whole link from the mail, or ask whoever invited you for another.",
  canAsk: false,
};

const TAKEN_BACK: Void = {
  title: "This invitation is no longer there",
  text: "It was taken back, or this server does not know it any more. If you think this is a mistake, ask whoever invited you.",
  canAsk: false,
};

/** What is said of a link that opens no invitation; a whole one once did. */
export function unknown({ isWhole }: { isWhole: boolean }): Void {
  return isWhole ? TAKEN_BACK : UNKNOWN;
}

export const NO_LINK: Void = {
  title: "Open the link from your mail",
  text: "This page needs the link of an invitation. Click it in the mail, or copy the whole of it into the address bar.",
  canAsk: false,
};

export const ACCEPT = {
  page: "Accept an invitation",
  title: (organization: string) => `Join ${organization}`,
  invited: (organization: string) => `${organization} invites you to become a member.`,
  what: "Rollcall is where the organization keeps the list of its members.",
  email: "Invited as",
  expires: "Open until",
  name: "Your name",
  nameHint: "As the others should see it. You can leave it out.",
  protect: "Your passphrase",
  why: "What members share here is locked, and you get a key of your own. Your browser makes it now and locks it with a passphrase that you choose. You will need it now and then; nobody can reset it, not even Rollcall.",
  submit: "Accept the invitation",
  making: "Making your key …",
  offline: "The server does not answer. Try again.",
} as const;

export const KNOWN = {
  title: "You have an account here already",
  as: (email: string) => `You are signed in as ${email}, and accept with this account.`,
  keys: "Your account has a key already, and it is used here too: you keep your passphrase.",
  first: "Sign in first, so that nobody else can accept in your place.",
  send: "Send me a sign-in link",
  sent: "A mail with a sign-in link is on its way to",
  sentNext:
    "Open it in this browser, then come back to this tab and go on. The link works for 15 minutes.",
  go: "I am signed in: go on",
  notYet: "Nobody is signed in in this browser yet. Open the link from the mail here first.",
} as const;

export const SSO = {
  title: "Sign in with your organization",
  text: "This organization lets people in through its own sign-in only. You come back here afterwards.",
  none: "Its administrators have not set up a sign-in yet. Ask whoever invited you.",
  with: (name: string) => `Sign in with ${name}`,
  again: "Sign in once more",
} as const;

export const WRONG = {
  title: "You are signed in as somebody else",
  text: (email: string, signedInAs: string | null) =>
    `This invitation is for ${email}, and you are signed in as ${signedInAs ?? "somebody else"}. If both are you, sign out here and accept it as ${email}; if not, leave it to the person it is for.`,
  leave: "Sign out and go on",
  stay: "Stay signed in",
} as const;

export const NEW_LINK = {
  ask: "Send a new link",
  asked: "If the invitation still stands, a new link is on its way. Look into your mailbox.",
  signIn: "Sign in",
} as const;

export const DEVELOPMENT =
  "This server sends no mails: whoever runs it finds them on its page “Mail”.";

export const DONE = {
  page: "Accepted",
  title: (organization: string) => `Welcome to ${organization}`,
  lead: "You have accepted. One step is left, and it is not yours:",
  steps: [
    "An administrator confirms you. You get a mail when that is done.",
    "Until then you can see your own membership, and nothing else.",
  ],
  stepsWithKeys: [
    "An administrator may call you, to make sure that the key is yours. Read them your six words; they see the same.",
    "They confirm you, and you get a mail. From then on you can open what the organization shares.",
  ],
  words: "Your six words",
  wordsHint: "You need not write the six words down: they stand under “My membership”.",
  go: "See my membership",
} as const;
