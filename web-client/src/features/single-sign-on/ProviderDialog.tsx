// The form for a new provider, and for one that is there: both values where somebody was faster.
import { useState } from "react";
import { type Outcome, type Refusal, refusalAt, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Conflict } from "../../ui/Conflict";
import { Dialog } from "../../ui/Drawer";
import { CheckField, TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { useSay } from "../../ui/Toast";
import { createProvider, updateProvider } from "./query";
import type { Provider } from "./SingleSignOn";
import { FORM, SSO } from "./words";

interface ProviderDialogProps {
  organizationId: string;
  /** As it is now; left out for a new one. */
  provider?: Provider;
  onClose: () => void;
}

interface Draft {
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  trustEmail: boolean;
}

const NEW: Draft = { name: "", issuer: "", clientId: "", clientSecret: "", trustEmail: false };

function draftOf(provider: Provider | undefined): Draft {
  if (provider === undefined) return NEW;
  const { name, issuer, clientId, trustEmail } = provider;
  return { name, issuer, clientId, clientSecret: "", trustEmail };
}

export function ProviderDialog({ organizationId, provider, onClose }: ProviderDialogProps) {
  const say = useSay();
  const create = useChange(createProvider, (data) => data.createOidcProvider);
  const update = useChange(updateProvider, (data) => data.updateOidcProvider);
  const [draft, setDraft] = useState<Draft>(draftOf(provider));
  const [version, setVersion] = useState(provider?.version);
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const [trouble, setTrouble] = useState<string>();
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });

  const send = (expectedVersion: number | undefined) => {
    const { issuer, clientSecret, ...rest } = draft;
    if (provider === undefined) {
      return create.run({ input: { organizationId, ...rest, issuer, clientSecret } });
    }
    return update.run({
      input: {
        oidcProviderId: provider.id,
        ...rest,
        ...(clientSecret !== "" && { clientSecret }),
        expectedVersion: expectedVersion ?? null,
      },
    });
  };
  const save = async (expectedVersion = version) => {
    const { payload, problem } = (await send(expectedVersion)) as Outcome<{
      changed: boolean;
      errors: readonly Refusal[];
    }>;
    setTrouble(problem?.message);
    setRefusals(payload?.errors ?? []);
    if (payload === undefined || payload.errors.length > 0) return;
    say(FORM.saved);
    onClose();
  };

  const wrong = (field: string) => refusalAt(refusals, field);
  const isConflict = refusals[0]?.code === "VERSION_CONFLICT" && provider !== undefined;
  const isPlaced = ["name", "issuer", "clientId", "clientSecret"].some(wrong);
  return (
    <Dialog
      title={provider === undefined ? FORM.addTitle : FORM.editTitle(provider.name)}
      onClose={onClose}
    >
      <Form
        onSubmit={() => save()}
        refusal={trouble ?? (isConflict || isPlaced ? undefined : refusals[0]?.message)}
        buttons={
          <>
            <Button look="primary" type="submit" busy={create.isRunning || update.isRunning}>
              {FORM.save}
            </Button>
            <Button look="quiet" onClick={onClose}>
              {FORM.cancel}
            </Button>
          </>
        }
      >
        {isConflict && (
          <Conflict
            differences={differences(provider, draft)}
            onKeepTheirs={onClose}
            onUseMine={() => {
              setVersion(provider.version);
              void save(provider.version);
            }}
          />
        )}
        <TextField
          label={FORM.name}
          hint={FORM.nameHint}
          required
          value={draft.name}
          onChange={(event) => change({ name: event.target.value })}
          error={wrong("name")}
        />
        <TextField
          label={FORM.issuer}
          {...(provider === undefined && { hint: FORM.issuerHint })}
          type="url"
          required
          disabled={provider !== undefined}
          value={draft.issuer}
          onChange={(event) => change({ issuer: event.target.value })}
          error={wrong("issuer")}
        />
        <TextField
          label={FORM.clientId}
          required
          value={draft.clientId}
          onChange={(event) => change({ clientId: event.target.value })}
          error={wrong("clientId")}
        />
        <TextField
          label={FORM.secret}
          {...(provider !== undefined && { hint: FORM.secretKept })}
          type="password"
          autoComplete="off"
          required={provider === undefined}
          value={draft.clientSecret}
          onChange={(event) => change({ clientSecret: event.target.value })}
          error={wrong("clientSecret")}
        />
        <CheckField
          label={FORM.trust}
          hint={FORM.trustHint}
          checked={draft.trustEmail}
          onChange={(event) => change({ trustEmail: event.target.checked })}
        />
      </Form>
    </Dialog>
  );
}

function differences(now: Provider, draft: Draft) {
  const trust = (trustEmail: boolean) => (trustEmail ? SSO.trusted : SSO.checked);
  const all = [
    { name: FORM.name, theirs: now.name, yours: draft.name },
    { name: FORM.clientId, theirs: now.clientId, yours: draft.clientId },
    { name: SSO.trust, theirs: trust(now.trustEmail), yours: trust(draft.trustEmail) },
  ];
  const differing = all.filter(({ theirs, yours }) => theirs !== yours);
  return differing.length === 0 ? all.slice(0, 1) : differing;
}
