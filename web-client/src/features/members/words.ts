// What the pages about members say.
export const STATUS_TABS = [
  [undefined, "total", "All"],
  ["CONFIRMED", "confirmed", "Confirmed"],
  ["ACCEPTED", "accepted", "Accepted"],
  ["INVITED", "invited", "Invited"],
  ["STAGED", "staged", "Staged"],
  ["REVOKED", "revoked", "Revoked"],
] as const;

export const ORDER = {
  newest: { text: "Newest first", field: "CREATED_AT", direction: "DESC" },
  oldest: { text: "Oldest first", field: "CREATED_AT", direction: "ASC" },
  email: { text: "By e-mail", field: "EMAIL", direction: "ASC" },
  changed: { text: "Last changed first", field: "UPDATED_AT", direction: "DESC" },
} as const;

export const INVITATION_STATE = {
  QUEUED: ["Waits to be sent", "blank", "news"],
  SENT: ["Sent", "box", "news"],
  FAILED: ["Not sent", "cross", "bad"],
  BOUNCED: ["Came back", "cross", "bad"],
  ACCEPTED: ["Accepted", "tick", "good"],
  CANCELLED: ["Replaced", "bar", "calm"],
  EXPIRED: ["Expired", "bar", "calm"],
} as const;

export const BULK_ACTION = {
  INVITE: {
    verb: "Invite",
    question: (who: string) => `Invite ${who}?`,
    meaning: "Those who were put on the list without a mail get their invitation, and take a seat.",
    isDangerous: false,
  },
  REINVITE: {
    verb: "Invite again",
    question: (who: string) => `Invite ${who} again?`,
    meaning: "Each gets a new link by mail; the links before stop working.",
    isDangerous: false,
  },
  REVOKE: {
    verb: "Revoke",
    question: (who: string) => `Revoke the access of ${who}?`,
    meaning:
      "They lose access within a second and free their seats. Everything else is kept: a restore leads back to it.",
    isDangerous: true,
  },
  RESTORE: {
    verb: "Restore",
    question: (who: string) => `Restore the access of ${who}?`,
    meaning: "Each is again what they were before the revocation.",
    isDangerous: false,
  },
  REMOVE: {
    verb: "Remove",
    question: (who: string) => `Remove ${who}?`,
    meaning:
      "Their memberships end and they leave their groups. This cannot be taken back; the history stays.",
    isDangerous: true,
  },
} as const;

export type BulkAction = keyof typeof BULK_ACTION;

/** Which actions make sense for members of a status; undefined stands for all statuses. */
export const ACTIONS_FOR: Record<string, readonly BulkAction[]> = {
  all: ["INVITE", "REINVITE", "REVOKE", "RESTORE", "REMOVE"],
  STAGED: ["INVITE", "REVOKE", "REMOVE"],
  INVITED: ["REINVITE", "REVOKE", "REMOVE"],
  ACCEPTED: ["REVOKE", "REMOVE"],
  CONFIRMED: ["REVOKE", "REMOVE"],
  REVOKED: ["RESTORE", "REMOVE"],
};

export const WHY_NOT: Record<string, string> = {
  INVALID_TRANSITION: "The member's status does not allow it.",
  LAST_OWNER: "This is the last confirmed owner.",
  SELF_ACTION: "Nobody does this to themselves.",
  FORBIDDEN: "The member outranks you, or you lack the permission.",
  SEAT_LIMIT: "All seats are taken.",
  POLICY: "A policy of the organization forbids it.",
  MANAGED_BY_IDP: "The identity provider owns this.",
};

export function people(count: number): string {
  return count === 1 ? "1 member" : `${count.toLocaleString("en")} members`;
}

export function changedSince(count: number): string {
  return `${people(count)} changed since this list was read.`;
}

export const SCOPE_WORDS = [
  ["ORGANIZATION_READ", "See seats and policies"],
  ["MEMBERS_READ", "See members and invitations"],
  ["MEMBERS_WRITE", "Invite, change, revoke, restore and remove members"],
  ["MEMBERS_CONFIRM", "Confirm those who accepted"],
  ["GROUPS_READ", "See groups and who is in them"],
  ["GROUPS_WRITE", "Make, change and delete groups"],
  ["AUDIT_READ", "See the history"],
  ["PROVISIONING_READ", "See the SCIM endpoint and its log"],
  ["PROVISIONING_READ_BODIES", "See bodies of SCIM requests"],
  ["SCIM_ADMIN", "Set up provisioning and its keys"],
  ["TOKENS_ADMIN", "Make and end access tokens"],
  ["ORGANIZATION_WRITE", "Change the organization"],
] as const;
