// The tabs of the settings, and who is shown each.
export const SETTINGS_TABS = [
  ["/o/$organization/settings", "Provisioning", "PROVISIONING_READ"],
  ["/o/$organization/settings/guide", "Guide", "PROVISIONING_READ"],
  ["/o/$organization/settings/sign-in", "Sign-in", "ORGANIZATION_READ"],
  ["/o/$organization/settings/tokens", "Access tokens", "TOKENS_ADMIN"],
  ["/o/$organization/settings/organization", "Organization", "ORGANIZATION_READ"],
] as const;
