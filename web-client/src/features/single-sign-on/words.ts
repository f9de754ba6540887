// What the settings of sign-in say.
export const SSO = {
  title: "Single sign-on",
  lead: "Any OpenID Connect provider: Microsoft Entra ID, Okta, Google, Keycloak and others. Without one, members sign in by a link in a mail.",
  none: "No such organization",
  noneText: "It may have another address by now.",
  emptyTitle: "No provider yet",
  empty:
    "Register Rollcall at your provider as a web application with this redirect address. It gives you a client id and a secret, which you put in here.",
  redirect: "Redirect address",
  list: "Providers",
  name: "Name",
  issuer: "Issuer",
  clientId: "Client id",
  trust: "Addresses",
  trusted: "Taken as proven",
  checked: "Must be verified",
  add: "Add a provider",
  edit: "Change",
  editNamed: (name: string) => `Change ${name}`,
  remove: "Delete",
  removeNamed: (name: string) => `Delete ${name}`,
} as const;

export const FORM = {
  addTitle: "Add a provider",
  editTitle: (name: string) => `Change ${name}`,
  name: "Name",
  nameHint: "Stands on the button: “Sign in with …”.",
  issuer: "Issuer",
  issuerHint:
    "An https address, as https://login.example.com/tenant. The rest is found from there.",
  clientId: "Client id",
  secret: "Client secret",
  secretKept: "Leave it empty to keep the one that is there. Nobody can read it.",
  trust: "Take its e-mail addresses as proven",
  trustHint:
    "Some providers never say whether an address was verified. Switch this on only if people cannot choose their address there themselves.",
  save: "Save",
  cancel: "Cancel",
  saved: "Saved.",
} as const;

export const REMOVE = {
  title: (name: string) => `Delete ${name}?`,
  text: "Nobody can sign in through it any more. Who is signed in now stays so until the session ends.",
  required:
    "Sign-in through the provider is required here: without it, members cannot sign in at all.",
  go: "Delete",
  cancel: "Cancel",
  done: "Deleted.",
} as const;

export const REQUIRE = {
  title: "Who has to use it",
  label: "Members sign in through the provider only",
  hint: "Also to accept an invitation. Links by mail no longer let anybody into this organization.",
  name: "Sign-in through the provider",
  on: "required",
  off: "not required",
  done: "Saved.",
} as const;
