// What the pages about SCIM requests say.
export const OPERATION = {
  CREATE: "Create",
  READ: "Read",
  SEARCH: "Search",
  REPLACE: "Replace",
  PATCH: "Patch",
  DELETE: "Delete",
  BULK: "Bulk",
  DISCOVERY: "Discovery",
} as const;

export const RESOURCE = { USER: "Users", GROUP: "Groups" } as const;

/** What each scimType of RFC 7644 means for whoever looks after the provider. */
export const SCIM_TYPE: Record<string, string> = {
  invalidFilter: "The provider asked by a filter that is not written as the standard has it.",
  tooMany: "The answer would have been too long: the provider should ask for less at once.",
  uniqueness:
    "Somebody else here has this user name, e-mail or external id. The provider should take over the existing person instead of making a new one.",
  mutability: "The provider tried to change something that it may not change.",
  invalidSyntax:
    "What was sent is not what the standard describes: a wrong form or a missing part.",
  invalidPath: "The change names an attribute that does not exist, or names it wrongly.",
  noTarget: "The change names a value that is not there, as an e-mail of a type that nobody has.",
  invalidValue: "A required value was missing, or a value has the wrong form.",
  invalidVers: "The provider speaks another version of SCIM. Here it is 2.0.",
  sensitive: "What was asked for holds personal data and must not stand in an address.",
};
