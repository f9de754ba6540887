// Who still needs the key, and a new key for everybody: both are one run that can be resumed.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import type { Holder, Lack } from "../../handshake/holder";
import { RunPanel } from "../../handshake/RunPanel";
import { useConfirming } from "../../handshake/useConfirming";
import { useKey } from "../../handshake/useKey";
import { readPublicKey } from "../../keys/accountKeys";
import { newOrganizationKey, wrap } from "../../keys/organizationKey";
import { Button, buttonClass } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import type { Found } from "./OrganizationKey";
import styles from "./OrganizationKey.module.css";
import { rotateKey } from "./query";
import { REWRAP, ROTATE } from "./words";

const REWRAPS = { reason: "REWRAP" } as const;

interface HandOverProps {
  found: Found;
  holder: Holder | Lack;
  onAgain: () => void;
}

export function HandOver({ found, holder, onAgain }: HandOverProps) {
  const { organization, scopes } = useSession();
  const rotate = useChange(rotateKey, (data) => data.rotateOrganizationKey);
  const confirming = useConfirming(found.id, organization.slug, onAgain);
  const key = useKey(holder);
  const [asks, setAsks] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const waiting = found.pendingConfirmations?.totalCount ?? 0;
  const mayHandOver = scopes.has("MEMBERS_CONFIRM") && key.lack === undefined;
  const isRunning = confirming.run?.isRunning ?? false;

  const handOver = () => key.with((opened) => confirming.all(REWRAPS, waiting, opened));
  // Unlocked first, though a new key needs no old one: whoever cannot open theirs locks all out.
  const replace = () => {
    setAsks(false);
    key.with(async () => {
      if (typeof holder === "string") return;
      const next = newOrganizationKey(holder.organizationUuid, found.keyVersion + 1);
      const { payload, problem } = await rotate.run({
        input: {
          organizationId: found.id,
          wrappedOrganizationKey: await wrap(next, await readPublicKey(holder.publicKey)),
          expectedKeyVersion: found.keyVersion,
        },
      });
      const [error] = payload?.errors ?? [];
      setRefusal(
        error?.code === "VERSION_CONFLICT" ? ROTATE.raced : (error?.message ?? problem?.message),
      );
      if (payload?.changed !== true || !scopes.has("MEMBERS_CONFIRM")) return;
      await confirming.all(REWRAPS, await confirming.count(REWRAPS), next);
    });
  };

  return (
    <>
      <Section title={REWRAP.title}>
        {confirming.run !== undefined && (
          <RunPanel run={confirming.run} onStop={confirming.stop} onClear={confirming.clear} />
        )}
        {key.problem}
        {!isRunning && <p>{waiting === 0 ? REWRAP.none : REWRAP.some(waiting)}</p>}
        {!isRunning && waiting > 0 && (
          <div className={styles.buttons}>
            {mayHandOver && (
              <Button look="primary" onClick={handOver}>
                {REWRAP.go}
              </Button>
            )}
            <Link
              to="/o/$organization/confirmations"
              params={{ organization: organization.slug }}
              search={REWRAPS}
              className={buttonClass()}
            >
              {REWRAP.see}
            </Link>
          </div>
        )}
      </Section>
      {scopes.has("ORGANIZATION_WRITE") && key.lack === undefined && (
        <Section title={ROTATE.title}>
          <p>{ROTATE.text}</p>
          {refusal !== undefined && (
            <Notice tone="bad" isUrgent>
              <p>{refusal}</p>
            </Notice>
          )}
          <p>
            <Button look="danger" busy={isRunning} onClick={() => setAsks(true)}>
              {ROTATE.go}
            </Button>
          </p>
        </Section>
      )}
      {asks && (
        <Dialog title={ROTATE.ask} onClose={() => setAsks(false)}>
          <p>{ROTATE.what}</p>
          <p>{ROTATE.without}</p>
          <DialogButtons>
            <Button look="quiet" onClick={() => setAsks(false)}>
              {ROTATE.cancel}
            </Button>
            <Button look="danger" onClick={replace}>
              {ROTATE.submit}
            </Button>
          </DialogButtons>
        </Dialog>
      )}
      {key.dialog}
    </>
  );
}
