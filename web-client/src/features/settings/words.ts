// What the settings say.
export const CREDENTIAL = {
  API_KEY: "API key",
  OAUTH_CLIENT: "OAuth client",
  WORKLOAD_IDENTITY: "Workload identity",
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

export const LIFETIMES = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "a year"],
] as const;
