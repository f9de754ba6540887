// A person's own page: memberships, key, and where they are signed in.
import { useQuery } from "urql";
import { useChange } from "../../graphql/change";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { unlockedKey } from "../../keys/unlocked";
import { Button } from "../../ui/Button";
import { Door } from "../../ui/Door";
import { Page, Section } from "../../ui/Page";
import { Empty } from "../../ui/states";
import { AccountKey } from "./AccountKey";
import { MyOrganization } from "./MyOrganization";
import { membershipQuery, signOut } from "./query";
import { Sessions } from "./Sessions";
import { MEMBERSHIP } from "./words";

type Viewer = ResultOf<typeof membershipQuery>["viewer"];
export type Account = NonNullable<Viewer["account"]>;
export type OwnMembership = Account["memberships"][number];
export type OwnSession = Viewer["sessions"][number];

export function Membership() {
  const query = useQuery({ query: membershipQuery });
  const account = query[0].data?.viewer.account;
  return (
    <Door isWide>
      <Page
        title={MEMBERSHIP.title}
        lead={account?.email}
        actions={account != null && <SignOutButton />}
      >
        <Loaded query={query} what="your membership" lines={8}>
          {({ viewer }) =>
            viewer.account === null ? (
              <Empty title={MEMBERSHIP.noPersonTitle}>
                <p>{MEMBERSHIP.noPerson}</p>
              </Empty>
            ) : (
              <>
                <Memberships account={viewer.account} />
                <AccountKey account={viewer.account} />
                <Sessions
                  sessions={viewer.sessions}
                  onEnded={() => query[1]({ requestPolicy: "network-only" })}
                />
              </>
            )
          }
        </Loaded>
      </Page>
    </Door>
  );
}

function Memberships({ account }: { account: Account }) {
  if (account.memberships.length === 0) {
    return (
      <Empty title={MEMBERSHIP.emptyTitle}>
        <p>{MEMBERSHIP.empty}</p>
      </Empty>
    );
  }
  return account.memberships.map((membership) => (
    <Section key={membership.organizationId} title={membership.organizationName}>
      <MyOrganization account={account} membership={membership} />
    </Section>
  ));
}

function SignOutButton() {
  const leave = useChange(signOut, (data) => data.signOut);
  const run = async () => {
    const { payload } = await leave.run({});
    if (payload === undefined) return;
    unlockedKey.forget();
    window.location.replace("/sign-in");
  };
  return (
    <Button busy={leave.isRunning} onClick={run}>
      {MEMBERSHIP.signOut}
    </Button>
  );
}
