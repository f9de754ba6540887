// The ways to an organization's own sign-in, and back to the invitation.
import { buttonClass } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import type { Invitation } from "./Accept";
import { SSO } from "./words";

const BACK = `?then=${encodeURIComponent("/accept?by=sso")}`;

interface SingleSignOnProps {
  providers: Invitation["signInProviders"];
  isAgain?: boolean;
}

export function SingleSignOn({ providers, isAgain = false }: SingleSignOnProps) {
  return (
    <Notice tone="news" title={isAgain ? SSO.again : SSO.title}>
      <p>{providers.length === 0 ? SSO.none : SSO.text}</p>
      {providers.map(({ id, name, startUrl }) => (
        <a key={id} href={startUrl + BACK} className={buttonClass("primary")}>
          {SSO.with(name)}
        </a>
      ))}
    </Notice>
  );
}
