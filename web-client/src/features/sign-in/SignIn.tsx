// Where whoever is not signed in comes to.
import { Page } from "../../ui/Page";

export function SignIn() {
  return (
    <main>
      <Page title="Sign in">
        <p>Signing in from here is not built yet.</p>
      </Page>
    </main>
  );
}
