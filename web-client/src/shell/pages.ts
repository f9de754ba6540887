// The pages of an organization, and who is shown the way to them.
import type { Scope } from "../graphql/session";

type Scopes = ReadonlySet<Scope>;

const always = () => true;
const withScope = (scope: Scope) => (scopes: Scopes) => scopes.has(scope);

export const ORGANIZATION_PAGES = [
  { to: "/o/$organization", text: "Overview", isFor: always },
  { to: "/o/$organization/members", text: "Members", isFor: withScope("MEMBERS_READ") },
  { to: "/o/$organization/groups", text: "Groups", isFor: withScope("GROUPS_READ") },
  { to: "/o/$organization/requests", text: "SCIM requests", isFor: withScope("PROVISIONING_READ") },
  { to: "/o/$organization/audit", text: "Audit", isFor: withScope("AUDIT_READ") },
  {
    to: "/o/$organization/settings",
    text: "Settings",
    isFor: (scopes: Scopes) =>
      scopes.has("PROVISIONING_READ") ||
      scopes.has("TOKENS_ADMIN") ||
      scopes.has("ORGANIZATION_READ"),
  },
] as const;
