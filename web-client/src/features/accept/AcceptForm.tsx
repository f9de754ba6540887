// The form that accepts: a name, a passphrase where keys are shared, and the sign-in it may need.
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useChange } from "../../graphql/change";
import { isUsable, NewPassphrase, NO_PASSPHRASE } from "../../handshake/NewPassphrase";
import { newAccountKeys } from "../../keys/accountKeys";
import { forgetLinkToken } from "../../linkToken";
import { Button } from "../../ui/Button";
import { Facts } from "../../ui/Facts";
import { TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { When } from "../../ui/When";
import type { Invitation, Joined } from "./Accept";
import { acceptInvitation } from "./query";
import { SignInFirst } from "./SignInFirst";
import { SingleSignOn } from "./SingleSignOn";
import { ACCEPT, KNOWN } from "./words";

/** Refusals after which the page has something else to say. */
const STALE: ReadonlySet<string> = new Set(["LINK_VOID", "SIGN_IN_REQUIRED"]);

interface AcceptFormProps {
  token: string;
  invitation: Invitation;
  /** The address of whoever is signed in in this browser. */
  signedInAs: string | null;
  isDevelopment: boolean;
  /** Whether the invitation is being asked for anew. */
  isAsking: boolean;
  onJoined: (joined: Joined) => void;
  /** The link stopped working meanwhile, or somebody else is at this browser now. */
  onAnotherState: () => void;
}

export function AcceptForm(props: AcceptFormProps) {
  const { invitation } = props;
  const { by } = useSearch({ from: "/accept" });
  const mustGoFirst = invitation.requireSso && by !== "sso";
  return (
    <>
      <p>
        {ACCEPT.invited(invitation.organizationName)} {ACCEPT.what}
      </p>
      <Facts
        facts={[
          [ACCEPT.email, invitation.email],
          [ACCEPT.expires, <When key="until" at={invitation.expiresAt} isDay />],
        ]}
      />
      {mustGoFirst ? <SingleSignOn providers={invitation.signInProviders} /> : <Enter {...props} />}
    </>
  );
}

function Enter(props: AcceptFormProps) {
  const { invitation, signedInAs, isDevelopment, isAsking, onAnotherState } = props;
  if (invitation.accountExists && signedInAs === null) {
    return (
      <SignInFirst
        email={invitation.email}
        isDevelopment={isDevelopment}
        isBusy={isAsking}
        onGoOn={onAnotherState}
      />
    );
  }
  return <Join {...props} />;
}

function Join({ token, invitation, signedInAs, onJoined, onAnotherState }: AcceptFormProps) {
  const accept = useChange(acceptInvitation, (data) => data.acceptInvitation);
  const [passphrase, setPassphrase] = useState(NO_PASSPHRASE);
  const [isAsked, setAsked] = useState(false);
  const [isMaking, setMaking] = useState(false);
  const [refusal, setRefusal] = useState<{ code: string; message: string }>();
  const sharesKeys = invitation.keyHandshake === "REQUIRED";
  const makesKeys = sharesKeys && !invitation.accountHasKeys;
  const own = [invitation.email, invitation.organizationName];

  const submit = async (values: FormData) => {
    setAsked(true);
    if (makesKeys && !isUsable(passphrase, own)) return;
    setMaking(true);
    setRefusal(undefined);
    const keys = makesKeys ? await newAccountKeys(passphrase.text) : undefined;
    const name = String(values.get("name") ?? "").trim();
    const { payload, problem } = await accept.run({
      input: { token, ...(name !== "" && { name }), ...keys },
    });
    setMaking(false);
    if (payload?.membership != null) {
      forgetLinkToken("inv");
      const { organizationName, memberUuid } = payload.membership;
      onJoined({ organizationName, memberUuid, sharesKeys, kid: keys?.publicKey.kid });
    } else if (STALE.has(payload?.errors[0]?.code ?? "")) {
      onAnotherState();
    } else {
      setRefusal(payload?.errors[0] ?? { code: "", message: problem?.message ?? ACCEPT.offline });
    }
  };

  return (
    <Form
      onSubmit={submit}
      refusal={refusal?.message}
      buttons={
        <Button look="primary" type="submit" busy={isMaking || accept.isRunning}>
          {ACCEPT.submit}
        </Button>
      }
    >
      {signedInAs === null ? (
        <TextField
          label={ACCEPT.name}
          hint={ACCEPT.nameHint}
          name="name"
          autoComplete="name"
          defaultValue={invitation.name ?? ""}
        />
      ) : (
        <p>
          {KNOWN.as(signedInAs)} {invitation.accountHasKeys && KNOWN.keys}
        </p>
      )}
      {makesKeys && (
        <>
          <div>
            <h2>{ACCEPT.protect}</h2>
            <p>{ACCEPT.why}</p>
          </div>
          <NewPassphrase value={passphrase} onChange={setPassphrase} own={own} isAsked={isAsked} />
        </>
      )}
      {refusal?.code === "POLICY" && invitation.requireSso && (
        <SingleSignOn providers={invitation.signInProviders} isAgain />
      )}
    </Form>
  );
}
