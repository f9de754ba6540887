// Access tokens of the admin API: who has which, made and ended.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery } from "urql";
import { refusalOf, useChange } from "../../graphql/change";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { pageArguments, pagesBeside } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { type Column, DataTable } from "../../ui/DataTable";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { StatusBadge } from "../../ui/StatusBadge";
import { Empty } from "../../ui/states";
import { useSay } from "../../ui/Toast";
import { When } from "../../ui/When";
import { revokeAccessToken } from "./changes";
import { NewTokenDialog } from "./NewTokenDialog";
import { tokensQuery } from "./queries";
import { looksLike, mayDo } from "./words";

const HERE = "/o/$organization/settings/tokens";

type Token = NonNullable<
  ResultOf<typeof tokensQuery>["organization"]
>["accessTokens"]["nodes"][number];

export function Tokens() {
  const { organization, scopes } = useSession();
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const [asked, setAsked] = useState<"new" | Token>();
  const query = useQuery({
    query: tokensQuery,
    variables: { slug: organization.slug, ...pageArguments(search) },
  });
  const close = () => setAsked(undefined);
  const columns: Column<Token>[] = [
    { key: "name", heading: "Token", isText: true, isPlain: true, cell: ({ name }) => name },
    {
      key: "hint",
      heading: "Looks like",
      cell: ({ hint }) => <code>{looksLike("TOKEN", hint)}</code>,
    },
    {
      key: "scopes",
      heading: "May",
      isText: true,
      isMinor: true,
      cell: ({ scopes }) => mayDo(scopes),
    },
    {
      key: "used",
      heading: "Last used",
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : <When at={lastUsedAt} />),
    },
    {
      key: "state",
      heading: "State",
      isPlain: true,
      cell: (token) => <TokenState token={token} />,
    },
    {
      key: "revoke",
      heading: "Change",
      isPlain: true,
      cell: (token) =>
        token.revokedAt === null && (
          <Button look="quiet" aria-label={`Revoke ${token.name}`} onClick={() => setAsked(token)}>
            Revoke
          </Button>
        ),
    },
  ];
  return (
    <Section
      title="Access tokens"
      actions={
        scopes.has("TOKENS_ADMIN") && (
          <Button look="primary" onClick={() => setAsked("new")}>
            New token
          </Button>
        )
      }
    >
      <Loaded query={query} what="access tokens" lines={5}>
        {({ organization: found }) => {
          const tokens = found?.accessTokens;
          if (tokens === undefined || tokens.nodes.length === 0) {
            return (
              <Empty title="No access token yet">
                <p>Scripts and dashboards call the GraphQL API with one. Make the first.</p>
              </Empty>
            );
          }
          const { previous, next } = pagesBeside(tokens.pageInfo);
          const go = (cursors: typeof previous) =>
            cursors && (() => navigate({ to: HERE, search: cursors }));
          return (
            <>
              <DataTable
                caption="Access tokens"
                columns={columns}
                rows={tokens.nodes}
                rowKey={({ id }) => id}
              />
              {(previous ?? next) !== undefined && (
                <Pager label="Pages of tokens" onPrevious={go(previous)} onNext={go(next)} />
              )}
            </>
          );
        }}
      </Loaded>
      {asked === "new" && <NewTokenDialog onClose={close} />}
      {typeof asked === "object" && <RevokeDialog token={asked} onClose={close} />}
    </Section>
  );
}

function TokenState({ token: { revokedAt, expiresAt } }: { token: Token }) {
  if (revokedAt !== null) {
    return (
      <StatusBadge shape="cross" tone="bad">
        Revoked
      </StatusBadge>
    );
  }
  if (expiresAt !== null && Date.parse(expiresAt) < Date.now()) {
    return (
      <StatusBadge shape="bar" tone="calm">
        Ended
      </StatusBadge>
    );
  }
  return (
    <>
      <StatusBadge shape="tick" tone="good">
        Works
      </StatusBadge>{" "}
      {expiresAt !== null && (
        <>
          until <When at={expiresAt} />
        </>
      )}
    </>
  );
}

function RevokeDialog({ token, onClose }: { token: Token; onClose: () => void }) {
  const say = useSay();
  const revoke = useChange(revokeAccessToken, (data) => data.revokeAccessToken);
  const [trouble, setTrouble] = useState<string>();
  const run = async () => {
    const outcome = await revoke.run({ input: { accessTokenId: token.id } });
    const refusal = refusalOf(outcome);
    setTrouble(refusal);
    if (refusal === undefined) {
      say(`The token ${token.name} is revoked.`);
      onClose();
    }
  };
  return (
    <Dialog title={`Revoke ${token.name}?`} onClose={onClose}>
      <p>Whatever uses it is refused within a second.</p>
      {trouble !== undefined && (
        <Notice tone="bad" isUrgent>
          {trouble}
        </Notice>
      )}
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" busy={revoke.isRunning} onClick={run}>
          Revoke
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
