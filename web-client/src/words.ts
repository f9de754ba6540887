// Names of the server's words that several pages use.
import type { Shape, Tone } from "./ui/StatusBadge";

export const MEMBER_STATUS = {
  STAGED: ["Staged", "blank", "calm"],
  INVITED: ["Invited", "box", "news"],
  ACCEPTED: ["Accepted", "half", "wait"],
  CONFIRMED: ["Confirmed", "tick", "good"],
  REVOKED: ["Revoked", "cross", "bad"],
} as const satisfies Record<string, readonly [string, Shape, Tone]>;

export const OUTCOME = {
  APPLIED: ["Applied", "tick", "good"],
  UNCHANGED: ["Unchanged", "bar", "calm"],
  REJECTED: ["Rejected", "bolt", "wait"],
  FAILED: ["Failed", "cross", "bad"],
} as const satisfies Record<string, readonly [string, Shape, Tone]>;

export const ROLE = { OWNER: "Owner", ADMIN: "Admin", CUSTOM: "Custom", USER: "User" } as const;

export const SOURCE = {
  SCIM: "Identity provider",
  ADMIN_API: "API",
  CONSOLE: "Console",
  CLI: "Command line",
} as const;

export const PROVIDER = {
  ENTRA_ID: "Microsoft Entra ID",
  OKTA: "Okta",
  ONELOGIN: "OneLogin",
  JUMPCLOUD: "JumpCloud",
  PING: "PingOne",
  GOOGLE: "Google Workspace",
  RIPPLING: "Rippling",
  AUTHENTIK: "authentik",
  KEYCLOAK: "Keycloak",
  OTHER: "Another provider",
} as const;

export const ORIGIN = { ...SOURCE, SYSTEM: "Server" } as const;

export function originName(origin: keyof typeof ORIGIN): string {
  return ORIGIN[origin];
}

export function providerName(provider: keyof typeof PROVIDER): string {
  return PROVIDER[provider];
}
