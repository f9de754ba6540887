// Whether members have to sign in through the provider.
import { useState } from "react";
import { useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import { Conflict } from "../../ui/Conflict";
import { CheckField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { useSay } from "../../ui/Toast";
import { requireSso } from "./query";
import type { Found } from "./SingleSignOn";
import { REQUIRE } from "./words";

export function RequireSso({ found }: { found: Found }) {
  const { scopes } = useSession();
  const change = useChange(requireSso, (data) => data.updateOrganization);
  const say = useSay();
  const [wanted, setWanted] = useState<boolean>();
  const [refusal, setRefusal] = useState<string>();
  const isRequired = found.policies.requireSso;
  const run = async (value: boolean) => {
    setWanted(undefined);
    const { payload, problem } = await change.run({
      input: {
        organizationId: found.id,
        policies: { requireSso: value },
        expectedVersion: found.version,
      },
    });
    const [error] = payload?.errors ?? [];
    const isConflict = error?.code === "VERSION_CONFLICT";
    setRefusal(isConflict ? undefined : (error?.message ?? problem?.message));
    if (isConflict) setWanted(value);
    else if (error === undefined && payload !== undefined) say(REQUIRE.done);
  };
  return (
    <Section title={REQUIRE.title}>
      {wanted !== undefined && (
        <Conflict
          differences={[
            { name: REQUIRE.name, theirs: inWords(isRequired), yours: inWords(wanted) },
          ]}
          onKeepTheirs={() => setWanted(undefined)}
          onUseMine={() => run(wanted)}
        />
      )}
      {refusal !== undefined && (
        <Notice tone="bad" isUrgent>
          <p>{refusal}</p>
        </Notice>
      )}
      <CheckField
        label={REQUIRE.label}
        hint={REQUIRE.hint}
        checked={isRequired}
        disabled={!scopes.has("ORGANIZATION_WRITE") || change.isRunning}
        onChange={(event) => run(event.target.checked)}
      />
    </Section>
  );
}

function inWords(isRequired: boolean): string {
  return isRequired ? REQUIRE.on : REQUIRE.off;
}
