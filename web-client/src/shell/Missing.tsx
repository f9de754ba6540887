// Pages for an address that leads nowhere and for a fault of the console itself.
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Button } from "../ui/Button";
import { Page } from "../ui/Page";

export function Missing() {
  return (
    <Page title="Nothing here">
      <p>This address leads to no page of the console.</p>
      <p>
        <a href="/">Go to the overview</a>
      </p>
    </Page>
  );
}

/** A fault of the console, or a page of an older build that the server no longer has. */
export function Broken({ error }: ErrorComponentProps) {
  return (
    <Page title="This page broke">
      <p role="alert">{error instanceof Error ? error.message : "Something went wrong here."}</p>
      <p>
        <Button look="primary" onClick={() => window.location.reload()}>
          Load it again
        </Button>
      </p>
    </Page>
  );
}
