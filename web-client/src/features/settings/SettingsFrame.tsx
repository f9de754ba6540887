// The settings: tabs, each with an address and a query of its own, for those who may open them.
import { Link, Outlet } from "@tanstack/react-router";
import { useSession } from "../../graphql/session";
import { Page } from "../../ui/Page";
import { Tabs } from "../../ui/Tabs";
import { SETTINGS_TABS } from "./tabs";

export function SettingsFrame() {
  const { organization, scopes } = useSession();
  return (
    <Page title="Settings">
      <Tabs
        label="Settings"
        tabs={SETTINGS_TABS.filter(([, , scope]) => scopes.has(scope)).map(([to, text]) => ({
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
