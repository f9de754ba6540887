// An organization's own sign-in: found by its short name, then one button for each.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, buttonClass } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Form } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import { localPath } from "./search";
import { SIGN_IN } from "./words";

interface OrganizationSignInProps {
  /** Undefined while no organization was named. */
  providers: readonly { id: string; name: string; startUrl: string }[] | undefined;
}

export function OrganizationSignIn({ providers }: OrganizationSignInProps) {
  const { organization, then } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate({ from: "/sign-in" });
  const find = (values: FormData) => {
    const named = String(values.get("organization")).trim();
    navigate({
      to: "/sign-in",
      search: (before) => ({ ...before, organization: named, problem: undefined }),
    });
  };
  return (
    <>
      {providers?.map(({ id, name, startUrl }) => (
        <a
          key={id}
          href={`${startUrl}?then=${encodeURIComponent(localPath(then))}`}
          className={buttonClass("primary")}
        >
          {SIGN_IN.with(name)}
        </a>
      ))}
      {providers?.length === 0 && organization !== undefined && (
        <Notice tone="wait" isUrgent>
          <p>{SIGN_IN.none(organization)}</p>
        </Notice>
      )}
      <Form onSubmit={find} buttons={<Button type="submit">{SIGN_IN.find}</Button>}>
        <TextField
          label={SIGN_IN.organizationName}
          hint={SIGN_IN.organizationHint}
          name="organization"
          key={organization}
          defaultValue={organization}
          required
        />
      </Form>
    </>
  );
}
