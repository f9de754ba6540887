// Audit of an organization.
import { Page } from "../../ui/Page";

export function Audit() {
  return (
    <Page title="Audit">
      <p>This page is being built.</p>
    </Page>
  );
}
