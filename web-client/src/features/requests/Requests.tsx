// SCIM requests of an organization.
import { Page } from "../../ui/Page";

export function Requests() {
  return (
    <Page title="SCIM requests">
      <p>This page is being built.</p>
    </Page>
  );
}
