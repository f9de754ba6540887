// Settings of an organization.
import { Page } from "../../ui/Page";

export function Settings() {
  return (
    <Page title="Settings">
      <p>This page is being built.</p>
    </Page>
  );
}
