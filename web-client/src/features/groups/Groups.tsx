// Groups of an organization.
import { Page } from "../../ui/Page";

export function Groups() {
  return (
    <Page title="Groups">
      <p>This page is being built.</p>
    </Page>
  );
}
