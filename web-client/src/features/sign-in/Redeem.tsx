// Uses a sign-in link up, by a click: programs that look into mails open links, but click nothing.
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Form } from "../../ui/Form";
import { Empty } from "../../ui/states";
import { redeemLink } from "./query";
import { REDEEM } from "./words";

interface RedeemProps {
  token: string;
  onSignedIn: () => void;
  onAgain: () => void;
}

export function Redeem({ token, onSignedIn, onAgain }: RedeemProps) {
  const redeem = useChange(redeemLink, (data) => data.redeemSignInLink);
  const [refusal, setRefusal] = useState<string>();
  const [isVoid, setVoid] = useState(false);
  const run = async () => {
    const outcome = await redeem.run({ input: { token } });
    const why = refusalOf(outcome);
    if (why === undefined) return onSignedIn();
    // The API names its argument; people see a link.
    setRefusal(why.replace(/^token /, "It "));
    setVoid(outcome.payload !== undefined);
  };
  if (isVoid) {
    return (
      <Empty title={REDEEM.void}>
        <p role="alert">{refusal}</p>
        <Button look="primary" onClick={onAgain}>
          {REDEEM.again}
        </Button>
      </Empty>
    );
  }
  return (
    <Form
      onSubmit={run}
      refusal={refusal}
      buttons={
        <Button look="primary" type="submit" busy={redeem.isRunning}>
          {REDEEM.submit}
        </Button>
      }
    >
      {null}
    </Form>
  );
}
