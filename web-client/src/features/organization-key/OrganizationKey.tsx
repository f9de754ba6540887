// The organization's key: created, shown by its words, handed to all, replaced.
import { useState } from "react";
import { useQuery } from "urql";
import type { ResultOf } from "../../graphql/graphql";
import { Loaded } from "../../graphql/Loaded";
import { useSession } from "../../graphql/session";
import { OrganizationWords } from "../../handshake/Fingerprint";
import { type Holder, holderIn, type Lack } from "../../handshake/holder";
import { Lacking } from "../../handshake/Lacking";
import { UnlockDialog } from "../../handshake/UnlockDialog";
import { useUnlocked } from "../../handshake/useUnlocked";
import { Button } from "../../ui/Button";
import { Facts } from "../../ui/Facts";
import { Notice } from "../../ui/Notice";
import { Page, Section } from "../../ui/Page";
import { Empty } from "../../ui/states";
import { CreateKey } from "./CreateKey";
import { HandOver } from "./HandOver";
import { HandshakeSwitch } from "./HandshakeSwitch";
import { keyQuery } from "./query";
import { KEY, SWITCH } from "./words";

export type Found = NonNullable<ResultOf<typeof keyQuery>["organization"]>;

export function OrganizationKey() {
  const { organization, scopes } = useSession();
  const query = useQuery({
    query: keyQuery,
    variables: { slug: organization.slug, members: scopes.has("MEMBERS_READ") },
  });
  const again = () => query[1]({ requestPolicy: "network-only" });
  return (
    <Page title={KEY.title} lead={KEY.lead}>
      <Loaded query={query} what="the organization's key" lines={6}>
        {({ organization: found, viewer }) => {
          if (found === null) {
            return (
              <Empty title={KEY.none}>
                <p>{KEY.noneText}</p>
              </Empty>
            );
          }
          const holder = holderIn(viewer, organization.slug);
          return (
            <>
              {!scopes.has("ORGANIZATION_WRITE") && (
                <Notice tone="calm">
                  <p>
                    {KEY.needsOwner} <code>ORGANIZATION_WRITE</code>.
                  </p>
                </Notice>
              )}
              {found.keyVersion === 0 ? (
                <CreateKey organizationId={found.id} holder={holder} />
              ) : (
                <Existing found={found} holder={holder} onAgain={again} />
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface ExistingProps {
  found: Found;
  holder: Holder | Lack;
  onAgain: () => void;
}

function Existing({ found, holder, onAgain }: ExistingProps) {
  const { scopes } = useSession();
  const isOn = found.keyHandshake === "REQUIRED";
  return (
    <>
      <Facts
        facts={[
          [KEY.version, String(found.keyVersion)],
          [KEY.handshake, isOn ? KEY.on : KEY.off],
        ]}
      />
      {typeof holder === "string" ? <Lacking lack={holder} /> : <Held holder={holder} />}
      {isOn && <HandOver found={found} holder={holder} onAgain={onAgain} />}
      {scopes.has("ORGANIZATION_WRITE") && (
        <Section title={SWITCH.title}>
          <HandshakeSwitch found={found} />
        </Section>
      )}
    </>
  );
}

function Held({ holder }: { holder: Holder }) {
  const pair = useUnlocked(holder.kid);
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  if (holder.wrapped === null) return <Lacking lack="handover" />;
  return (
    <Section title={KEY.words}>
      {pair === undefined ? (
        <p>
          <Button onClick={() => setOpen(true)}>{KEY.unlock}</Button>
        </p>
      ) : (
        <>
          <OrganizationWords
            label={KEY.words}
            pair={pair}
            wrapped={holder.wrapped}
            organizationUuid={holder.organizationUuid}
            closed={KEY.closed}
          />
          <p>{KEY.wordsWhy}</p>
        </>
      )}
      {isOpen && (
        <UnlockDialog
          encryptedPrivateKey={holder.encryptedPrivateKey}
          onUnlocked={close}
          onClose={close}
        />
      )}
    </Section>
  );
}
