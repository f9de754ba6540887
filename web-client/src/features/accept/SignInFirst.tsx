// An account of that address exists: its owner signs in by mail, then goes on here.
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Form } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import { requestSignIn } from "./query";
import { DEVELOPMENT, KNOWN } from "./words";

interface SignInFirstProps {
  email: string;
  isDevelopment: boolean;
  isBusy: boolean;
  onGoOn: () => void;
}

export function SignInFirst({ email, isDevelopment, isBusy, onGoOn }: SignInFirstProps) {
  const request = useChange(requestSignIn, (data) => data.requestSignInLink);
  const [isSent, setSent] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [isChecked, setChecked] = useState(false);
  const send = async () => {
    const outcome = await request.run({ input: { email } });
    setRefusal(refusalOf(outcome));
    setSent(refusalOf(outcome) === undefined);
  };
  // Whoever is signed in by then is shown another page.
  const goOn = () => {
    setChecked(true);
    onGoOn();
  };
  return (
    <Form
      onSubmit={isSent ? goOn : send}
      refusal={refusal ?? (isChecked && !isBusy ? KNOWN.notYet : undefined)}
      buttons={
        <>
          <Button look="primary" type="submit" busy={isBusy || request.isRunning}>
            {isSent ? KNOWN.go : KNOWN.send}
          </Button>
          {!isSent && (
            <Button look="quiet" onClick={goOn}>
              {KNOWN.go}
            </Button>
          )}
        </>
      }
    >
      <Notice tone="news" title={KNOWN.title}>
        <p>{KNOWN.first}</p>
      </Notice>
      {isSent && (
        <p role="status">
          {KNOWN.sent} {email}. {KNOWN.sentNext} {isDevelopment && DEVELOPMENT}
        </p>
      )}
    </Form>
  );
}
