// The settings: tabs, each with an address and a query of its own.
import { Link, Outlet } from "@tanstack/react-router";
import { useSession } from "../../graphql/session";
import { Page } from "../../ui/Page";
import { Tabs } from "../../ui/Tabs";

const TABS = [
  ["/o/$organization/settings", "Provisioning"],
  ["/o/$organization/settings/guide", "Guide"],
  ["/o/$organization/settings/sign-in", "Sign-in"],
  ["/o/$organization/settings/tokens", "Access tokens"],
  ["/o/$organization/settings/organization", "Organization"],
] as const;

export function SettingsFrame() {
  const { organization } = useSession();
  return (
    <Page title="Settings">
      <Tabs
        label="Settings"
        tabs={TABS.map(([to, text]) => ({
          key: to,
          text,
          link: (className, content) => (
            <Link
              to={to}
              params={{ organization: organization.slug }}
              activeOptions={{ exact: true, includeSearch: false }}
              className={className}
            >
              {content}
            </Link>
          ),
        }))}
      />
      <Outlet />
    </Page>
  );
}
