// Ends the session; whatever this tab knew is forgotten with it.
import { useChange } from "../graphql/change";
import { graphql } from "../graphql/graphql";
import { Button } from "../ui/Button";

const signOut = graphql(`
  mutation SignOut { signOut { changed errors { code message path } } }
`);

export function SignOut() {
  const change = useChange(signOut, (data) => data.signOut);
  const leave = async () => {
    await change.run({});
    window.location.assign("/sign-in");
  };
  return (
    <Button look="quiet" busy={change.isRunning} onClick={leave}>
      Sign out
    </Button>
  );
}
