// What the settings say.
export const CREDENTIAL = {
  API_KEY: "API key",
  OAUTH_CLIENT: "OAuth client",
  WORKLOAD_IDENTITY: "Workload identity",
} as const;

/** What is asked of whoever makes a key. */
export const KEY_NAME = {
  label: "Name",
  hint: "To tell it from other keys. You can leave it out.",
} as const;

export const SWITCHES = [
  {
    field: "onProvision",
    label: "Newly provisioned people",
    options: [
      ["INVITE", "get an invitation at once, and take a seat"],
      ["STAGE", "are put on the list, without mail or seat"],
    ],
  },
  {
    field: "rehire",
    label: "A revoked person who is created again",
    options: [
      ["CONFLICT", "is refused with 409"],
      ["RESTORE", "is updated and restored"],
    ],
  },
  {
    field: "omittedGroupMembers",
    label: "A group that is replaced without members",
    options: [
      ["KEEP", "keeps its members"],
      ["CLEAR", "is emptied"],
    ],
  },
  {
    field: "patchResponse",
    label: "The answer to a change",
    options: [
      ["AUTOMATIC", "is the resource for users, nothing for groups"],
      ["BODY", "is the resource"],
      ["NO_CONTENT", "is nothing"],
    ],
  },
] as const;

export const OVERLAPS = [
  ["0", "at once"],
  ["3600", "in an hour"],
  ["86400", "in a day"],
  ["604800", "in a week"],
] as const;

export const SCOPES = [
  ["ORGANIZATION_READ", "List organizations; see seats and policies"],
  ["ORGANIZATION_WRITE", "Change the organization itself"],
  ["MEMBERS_READ", "See members and invitations"],
  ["MEMBERS_WRITE", "Invite, change, revoke, restore and remove members"],
  ["MEMBERS_CONFIRM", "Confirm those who accepted"],
  ["GROUPS_READ", "See groups and who is in them"],
  ["GROUPS_WRITE", "Make, change and delete groups"],
  ["AUDIT_READ", "See the history"],
  ["PROVISIONING_READ", "See the SCIM endpoint and its log"],
  ["PROVISIONING_READ_BODIES", "See bodies of SCIM requests"],
  ["SCIM_ADMIN", "Set up provisioning, make and end its keys"],
  ["TOKENS_ADMIN", "See, make and end access tokens"],
] as const;

/** What the provider's last call says of the connection. */
export function lastCall({ statusCode }: { statusCode: number }): {
  title: string;
  tone: "good" | "wait" | "bad";
  text?: string;
} {
  if (statusCode === 401) {
    return {
      title: "The last call came without a valid key",
      tone: "bad",
      text: "Paste the key anew, alone and whole, or make a new one. Calls do arrive.",
    };
  }
  if (statusCode >= 500) {
    return {
      title: "The provider reaches Rollcall, but its last call failed here",
      tone: "bad",
      text: "The request tells more; so does the server's log.",
    };
  }
  if (statusCode >= 400) {
    return {
      title: "The provider reaches Rollcall, but its last call was refused",
      tone: "wait",
      text: "The request says why, and what to change.",
    };
  }
  return { title: "The provider reaches Rollcall", tone: "good" };
}

const PREFIX = { API_KEY: "rck", TOKEN: "adm" } as const;

/** How a secret looks where it was pasted: its kind, its id, left out here, and how the rest begins. */
export function looksLike(kind: keyof typeof PREFIX, hint: string): string {
  return `${PREFIX[kind]}_…_${hint}…`;
}

/** What the deprovision guard lets pass. */
export function guardSays(guard: {
  state: string;
  enabled: boolean;
  maxMembers: number;
  maxPercent: number;
}): string {
  if (!guard.enabled && guard.state !== "HOLDING") {
    return "Nothing is held, however many lose access by the provider.";
  }
  const people =
    guard.maxMembers === 1 ? "1 person" : `${guard.maxMembers.toLocaleString("en")} people`;
  return `Within an hour, ${people} or ${guard.maxPercent} in a hundred may lose access by the provider, whichever is more. The rest waits for you.`;
}

/** What a token may, in words. */
export function mayDo(scopes: readonly string[]): string {
  if (SCOPES.every(([scope]) => scopes.includes(scope))) return "Everything";
  return SCOPES.filter(([scope]) => scopes.includes(scope))
    .map(([, words]) => words)
    .join(" · ");
}

export const LIFETIMES = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "a year"],
] as const;
