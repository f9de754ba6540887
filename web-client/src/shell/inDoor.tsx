// Where not even the session is known, a failure has no page around it yet.
import type { ReactNode } from "react";
import { Door } from "../ui/Door";
import { Page } from "../ui/Page";

export function inDoor(failure: ReactNode): ReactNode {
  return (
    <Door>
      <Page title="Console">{failure}</Page>
    </Door>
  );
}
