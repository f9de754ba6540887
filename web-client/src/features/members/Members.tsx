// Members of an organization.
import { Page } from "../../ui/Page";

export function Members() {
  return (
    <Page title="Members">
      <p>This page is being built.</p>
    </Page>
  );
}
