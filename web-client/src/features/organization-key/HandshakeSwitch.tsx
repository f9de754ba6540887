// Whether confirming hands the key over, and what happens when two owners decide at once.
import { useState } from "react";
import { useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Conflict } from "../../ui/Conflict";
import { Notice } from "../../ui/Notice";
import { useSay } from "../../ui/Toast";
import type { Found } from "./OrganizationKey";
import { switchHandshake } from "./query";
import { KEY, SWITCH } from "./words";

type Handshake = Found["keyHandshake"];

export function HandshakeSwitch({ found }: { found: Found }) {
  const change = useChange(switchHandshake, (data) => data.updateOrganization);
  const say = useSay();
  const [wanted, setWanted] = useState<Handshake>();
  const [refusal, setRefusal] = useState<string>();
  const isOn = found.keyHandshake === "REQUIRED";
  const run = async (keyHandshake: Handshake, expectedVersion: number) => {
    setWanted(undefined);
    const { payload, problem } = await change.run({
      input: { organizationId: found.id, keyHandshake, expectedVersion },
    });
    const [error] = payload?.errors ?? [];
    setRefusal(problem?.message);
    if (error?.code === "VERSION_CONFLICT") setWanted(keyHandshake);
    else if (error !== undefined) setRefusal(error.message);
    else if (payload !== undefined) say(SWITCH.done);
  };
  return (
    <>
      <p>
        <strong>{isOn ? SWITCH.on : SWITCH.off}.</strong> {isOn ? SWITCH.onWhy : SWITCH.offWhy}
      </p>
      {wanted === undefined ? (
        <p>
          <Button
            busy={change.isRunning}
            onClick={() => run(isOn ? "OFF" : "REQUIRED", found.version)}
          >
            {isOn ? SWITCH.turnOff : SWITCH.turnOn}
          </Button>
        </p>
      ) : (
        <Conflict
          differences={[
            {
              name: KEY.handshake,
              theirs: inWords(found.keyHandshake),
              yours: inWords(wanted),
            },
          ]}
          onKeepTheirs={() => setWanted(undefined)}
          onUseMine={() => run(wanted, found.version)}
        />
      )}
      {refusal !== undefined && (
        <Notice tone="bad" isUrgent>
          <p>{refusal}</p>
        </Notice>
      )}
    </>
  );
}

function inWords(handshake: Handshake): string {
  return handshake === "REQUIRED" ? KEY.on : KEY.off;
}
