// Settings: the organization's own OpenID Connect providers, and whether they must be used.
import { useState } from "react";
import { useQuery } from "urql";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { useSession } from "../../graphql/session";
import { Button } from "../../ui/Button";
import { CopyField } from "../../ui/CopyField";
import { type Column, DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Page";
import { Empty } from "../../ui/states";
import { ProviderDialog } from "./ProviderDialog";
import { providersQuery } from "./query";
import { RemoveDialog } from "./RemoveDialog";
import { RequireSso } from "./RequireSso";
import styles from "./SingleSignOn.module.css";
import { SSO } from "./words";

export type Found = NonNullable<ResultOf<typeof providersQuery>["organization"]>;
export type Provider = Found["oidcProviders"][number];

const CALLBACK = "/sign-in/oidc/callback";

export function SingleSignOn() {
  const { organization } = useSession();
  const query = useQuery({ query: providersQuery, variables: { slug: organization.slug } });
  return (
    <Loaded query={query} what="the ways to sign in" lines={6}>
      {({ organization: found }) =>
        found === null ? (
          <Empty title={SSO.none}>
            <p>{SSO.noneText}</p>
          </Empty>
        ) : (
          <>
            <Section title={SSO.title}>
              <p className={styles.lead}>{SSO.lead}</p>
              <Providers found={found} />
            </Section>
            {(found.oidcProviders.length > 0 || found.policies.requireSso) && (
              <RequireSso found={found} />
            )}
          </>
        )
      }
    </Loaded>
  );
}

function Providers({ found }: { found: Found }) {
  const { scopes } = useSession();
  const [isAdding, setAdding] = useState(false);
  const [editing, setEditing] = useState<string>();
  const [removing, setRemoving] = useState<string>();
  const providers = found.oidcProviders;
  const mayChange = scopes.has("ORGANIZATION_WRITE");
  const named = (id: string | undefined) => providers.find((provider) => provider.id === id);
  const [edited, removed] = [named(editing), named(removing)];
  const redirect = providers[0]?.redirectUrl ?? window.location.origin + CALLBACK;
  const columns: Column<Provider>[] = [
    {
      key: "name",
      heading: SSO.name,
      isText: true,
      isPlain: true,
      cell: ({ name }) => <strong>{name}</strong>,
    },
    { key: "issuer", heading: SSO.issuer, isText: true, cell: ({ issuer }) => issuer },
    {
      key: "client",
      heading: SSO.clientId,
      isText: true,
      isMinor: true,
      cell: ({ clientId }) => clientId,
    },
    {
      key: "trust",
      heading: SSO.trust,
      cell: ({ trustEmail }) => (trustEmail ? SSO.trusted : SSO.checked),
    },
  ];
  if (mayChange) {
    columns.push({
      key: "change",
      heading: SSO.edit,
      isPlain: true,
      cell: ({ id, name }) => (
        <div className={styles.buttons}>
          <Button aria-label={SSO.editNamed(name)} onClick={() => setEditing(id)}>
            {SSO.edit}
          </Button>
          <Button look="danger" aria-label={SSO.removeNamed(name)} onClick={() => setRemoving(id)}>
            {SSO.remove}
          </Button>
        </div>
      ),
    });
  }
  return (
    <>
      {providers.length === 0 ? (
        <Empty title={SSO.emptyTitle}>
          <p>{SSO.empty}</p>
        </Empty>
      ) : (
        <DataTable caption={SSO.list} columns={columns} rows={providers} rowKey={({ id }) => id} />
      )}
      <CopyField label={SSO.redirect} value={redirect} />
      {mayChange && (
        <p>
          <Button look="primary" onClick={() => setAdding(true)}>
            {SSO.add}
          </Button>
        </p>
      )}
      {isAdding && <ProviderDialog organizationId={found.id} onClose={() => setAdding(false)} />}
      {edited !== undefined && (
        <ProviderDialog
          key={edited.id}
          organizationId={found.id}
          provider={edited}
          onClose={() => setEditing(undefined)}
        />
      )}
      {removed !== undefined && (
        <RemoveDialog
          provider={removed}
          isRequired={found.policies.requireSso && providers.length === 1}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </>
  );
}
