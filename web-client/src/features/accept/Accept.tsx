// Where the link of an invitation leads: what it is about, and the way in.
import { useState } from "react";
import { useQuery } from "urql";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { isWholeInvitation, linkToken } from "../../linkToken";
import { Door } from "../../ui/Door";
import { Page } from "../../ui/Page";
import { Accepted } from "./Accepted";
import { AcceptForm } from "./AcceptForm";
import { invitationQuery } from "./query";
import { VoidLink } from "./VoidLink";
import { WrongAccount } from "./WrongAccount";
import { ACCEPT, NO_LINK, unknown, VOID, type Void, WRONG } from "./words";

export type Invitation = NonNullable<ResultOf<typeof invitationQuery>["invitationPreview"]>;

/** What came of accepting. */
export interface Joined {
  organizationName: string;
  memberUuid: string;
  sharesKeys: boolean;
  /** Thumbprint of the person's key, where it was made just now. */
  kid: string | undefined;
}

export function Accept() {
  const [token] = useState(() => linkToken("inv"));
  return (
    <Door>
      {token === undefined ? (
        <Page title={NO_LINK.title}>
          <VoidLink about={NO_LINK} />
        </Page>
      ) : (
        <Invited token={token} />
      )}
    </Door>
  );
}

function Invited({ token }: { token: string }) {
  const [joined, setJoined] = useState<Joined>();
  const query = useQuery({ query: invitationQuery, variables: { token } });
  if (joined !== undefined) return <Accepted joined={joined} />;
  const none = unknown({ isWhole: isWholeInvitation(token) });
  const askAnew = () => query[1]({ requestPolicy: "network-only" });
  return (
    <Page title={titleOf(query[0].data?.invitationPreview, none)}>
      <Loaded query={query} what="the invitation" lines={4}>
        {({ invitationPreview: invitation, signedInAs, server }) => {
          if (invitation === null) return <VoidLink about={none} signedInAs={signedInAs} />;
          if (invitation.problem === "WRONG_ACCOUNT") {
            return (
              <WrongAccount email={invitation.email} signedInAs={signedInAs} onLeft={askAnew} />
            );
          }
          if (invitation.problem !== null) {
            return (
              <VoidLink
                about={VOID[invitation.problem] ?? none}
                token={token}
                invitation={invitation}
                signedInAs={signedInAs}
                isDevelopment={server.developmentMailbox}
              />
            );
          }
          return (
            <AcceptForm
              token={token}
              invitation={invitation}
              signedInAs={signedInAs}
              isDevelopment={server.developmentMailbox}
              isAsking={query[0].fetching}
              onJoined={setJoined}
              onAnotherState={askAnew}
            />
          );
        }}
      </Loaded>
    </Page>
  );
}

function titleOf(invitation: Invitation | null | undefined, none: Void): string {
  if (invitation === undefined) return ACCEPT.page;
  if (invitation === null) return none.title;
  const { problem, organizationName } = invitation;
  if (problem === null) return ACCEPT.title(organizationName);
  return problem === "WRONG_ACCOUNT" ? WRONG.title : (VOID[problem] ?? none).title;
}
