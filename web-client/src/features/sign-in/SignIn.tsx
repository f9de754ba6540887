// Where whoever is not signed in comes to: a link by mail, or the organization's own sign-in.
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery } from "urql";
import { Loaded } from "../../graphql/Loaded";
import { forgetLinkToken, linkToken } from "../../linkToken";
import { Door } from "../../ui/Door";
import { Notice } from "../../ui/Notice";
import { Page, Section } from "../../ui/Page";
import { LinkByMail } from "./LinkByMail";
import { OrganizationSignIn } from "./OrganizationSignIn";
import { signInQuery } from "./query";
import { Redeem } from "./Redeem";
import { localPath } from "./search";
import { problemInWords, REDEEM, SIGN_IN } from "./words";

export function SignIn() {
  const { then } = useSearch({ from: "/sign-in" });
  const [token, setToken] = useState(() => linkToken("sil"));
  if (token === undefined) return <Ask />;
  return (
    <Door>
      <Page title={REDEEM.title} lead={REDEEM.lead}>
        <Redeem
          token={token}
          onSignedIn={() => window.location.replace(localPath(then))}
          onAgain={() => {
            forgetLinkToken("sil");
            setToken(undefined);
          }}
        />
      </Page>
    </Door>
  );
}

function Ask() {
  const { then, organization, problem } = useSearch({ from: "/sign-in" });
  const query = useQuery({
    query: signInQuery,
    variables: { organization: organization ?? "", ofOrganization: organization !== undefined },
  });
  const version = query[0].data?.server.version;
  return (
    <Door foot={version !== undefined && <p>Rollcall {version}</p>}>
      <Page title={SIGN_IN.title} lead={SIGN_IN.lead}>
        {problem !== undefined && (
          <Notice tone="bad" isUrgent>
            <p>{problemInWords(problem)}</p>
          </Notice>
        )}
        <Loaded query={query} what="the ways to sign in" lines={3}>
          {({ server, signedInAs, signInProviders }) => (
            <>
              {signedInAs !== null && (
                <Notice tone="news">
                  <p>{SIGN_IN.already(signedInAs)}</p>
                  <p>
                    <a href={localPath(then)}>{SIGN_IN.goOn}</a>
                  </p>
                </Notice>
              )}
              <LinkByMail isDevelopment={server.developmentMailbox} />
              <Section title={SIGN_IN.organization}>
                <OrganizationSignIn providers={signInProviders} />
              </Section>
            </>
          )}
        </Loaded>
      </Page>
    </Door>
  );
}
