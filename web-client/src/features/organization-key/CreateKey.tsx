// The first key of an organization, made by its owner.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { useSession } from "../../graphql/session";
import type { Holder, Lack } from "../../handshake/holder";
import { readPublicKey } from "../../keys/accountKeys";
import { newOrganizationKey, wrap } from "../../keys/organizationKey";
import { Button, buttonClass } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Empty } from "../../ui/states";
import { useSay } from "../../ui/Toast";
import { createKey } from "./query";
import { CREATE } from "./words";

interface CreateKeyProps {
  organizationId: string;
  holder: Holder | Lack;
}

export function CreateKey({ organizationId, holder }: CreateKeyProps) {
  const { scopes } = useSession();
  const create = useChange(createKey, (data) => data.createOrganizationKey);
  const say = useSay();
  const [refusal, setRefusal] = useState<string>();
  const run = async ({ organizationUuid, publicKey }: Holder) => {
    const own = await readPublicKey(publicKey);
    const wrappedOrganizationKey = await wrap(newOrganizationKey(organizationUuid, 1), own);
    const outcome = await create.run({
      input: { organizationId, wrappedOrganizationKey, expectedKeyVersion: 0 },
    });
    const why = refusalOf(outcome);
    setRefusal(why);
    if (why === undefined) say(CREATE.done);
  };
  return (
    <Empty title={CREATE.title}>
      <p>{CREATE.text}</p>
      {holder === "token" && <p>{CREATE.person}</p>}
      {holder === "keys" && (
        <>
          <p>{CREATE.keysFirst}</p>
          <Link to="/membership" className={buttonClass("primary")}>
            {CREATE.setUp}
          </Link>
        </>
      )}
      {typeof holder === "object" && scopes.has("ORGANIZATION_WRITE") && (
        <Button look="primary" busy={create.isRunning} onClick={() => run(holder)}>
          {CREATE.go}
        </Button>
      )}
      {refusal !== undefined && (
        <Notice tone="bad" isUrgent>
          <p>{refusal}</p>
        </Notice>
      )}
    </Empty>
  );
}
