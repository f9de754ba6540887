// The pages of an organization, and who is shown the way to them.
import { SETTINGS_TABS } from "../features/settings/tabs";
import type { Scope, Session } from "../graphql/session";

const always = () => true;
const withScope =
  (scope: Scope) =>
  ({ scopes }: Session) =>
    scopes.has(scope);

export const ORGANIZATION_PAGES = [
  { to: "/o/$organization", text: "Overview", isFor: always },
  {
    to: "/o/$organization/confirmations",
    text: "Confirmations",
    isFor: withScope("MEMBERS_CONFIRM"),
  },
  { to: "/o/$organization/members", text: "Members", isFor: withScope("MEMBERS_READ") },
  { to: "/o/$organization/groups", text: "Groups", isFor: withScope("GROUPS_READ") },
  { to: "/o/$organization/requests", text: "SCIM requests", isFor: withScope("PROVISIONING_READ") },
  { to: "/o/$organization/audit", text: "Audit", isFor: withScope("AUDIT_READ") },
  {
    to: "/o/$organization/mail",
    text: "Mail (development)",
    isFor: ({ scopes, hasMailbox }: Session) => hasMailbox && scopes.has("ORGANIZATION_WRITE"),
  },
  {
    to: "/o/$organization/settings",
    text: "Settings",
    isFor: ({ scopes }: Session) => SETTINGS_TABS.some(([, , scope]) => scopes.has(scope)),
    // The first tab that may be opened; the whole of the settings is where one then is.
    leadsTo: ({ scopes }: Session) => SETTINGS_TABS.find(([, , scope]) => scopes.has(scope))?.[0],
  },
] as const;
