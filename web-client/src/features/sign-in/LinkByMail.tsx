// Asks for a sign-in link; the answer is the same whether the address is known.
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import { requestLink } from "./query";
import { SIGN_IN } from "./words";

export function LinkByMail({ isDevelopment }: { isDevelopment: boolean }) {
  const request = useChange(requestLink, (data) => data.requestSignInLink);
  const [sentTo, setSentTo] = useState<string>();
  const [refusal, setRefusal] = useState<string>();
  const submit = async (values: FormData) => {
    const email = String(values.get("email")).trim();
    const why = refusalOf(await request.run({ input: { email } }));
    setRefusal(why);
    if (why === undefined) setSentTo(email);
  };
  if (sentTo !== undefined) {
    return (
      <Notice tone="good" title={SIGN_IN.sentTitle} isUrgent>
        <p>{SIGN_IN.sent(sentTo)}</p>
        {isDevelopment && <p>{SIGN_IN.development}</p>}
        <Button onClick={() => setSentTo(undefined)}>{SIGN_IN.other}</Button>
      </Notice>
    );
  }
  return (
    <Form
      onSubmit={submit}
      refusal={refusal}
      buttons={
        <Button look="primary" type="submit" busy={request.isRunning}>
          {SIGN_IN.submit}
        </Button>
      }
    >
      <TextField label={SIGN_IN.email} name="email" type="email" autoComplete="email" required />
    </Form>
  );
}
