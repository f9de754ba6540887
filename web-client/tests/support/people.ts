// People of a test: how they sign in, accept, and hold keys, in a browser or without one.
import { inject } from "vitest";
import { newAccountKeys } from "../../src/keys/accountKeys";
import { ask, type Organization } from "./organization";
import { make } from "./workshop";

export const PASSPHRASE = "lantern orbit velvet canyon thimble";

/** A link with which the person of that address signs in once. */
export async function signInLink(email: string): Promise<string> {
  const { signInUrl = "" } = await make({ make: "signInLink", email });
  return signInUrl;
}

/** The link of the newest invitation to an address. */
export async function invitationLink(organization: Organization, email: string): Promise<string> {
  const { organization: found } = await ask<{
    organization: { developmentMails: { nodes: { sentTo: string; kind: string; link: string }[] } };
  }>(
    organization.token,
    `query Links($id: ID!) {
      organization(by: { id: $id }) {
        developmentMails(first: 50) { nodes { sentTo kind link } }
      }
    }`,
    { id: organization.id },
  );
  const mail = found.developmentMails.nodes.find(
    ({ sentTo, kind }) => sentTo === email && kind === "INVITATION",
  );
  if (mail === undefined) throw new Error(`No invitation was sent to ${email}.`);
  return mail.link;
}

/** Accepts an invitation as a browser would, with a new key under `PASSPHRASE`. */
export async function acceptAs(link: string): Promise<void> {
  const token = new URL(link).hash.slice(1);
  const answer = await fetch(`${inject("server").url}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      query: `mutation Accept($input: AcceptInvitationInput!) {
        acceptInvitation(input: $input) { errors { code message } }
      }`,
      variables: { input: { token, ...(await newAccountKeys(PASSPHRASE)) } },
    }),
  });
  const { data, errors } = await answer.json();
  const refused = errors ?? data.acceptInvitation.errors;
  if (refused.length > 0) throw new Error(JSON.stringify(refused));
}

/** Another administrator does something with a member. */
export async function actOn(
  { id, token }: Organization,
  mutation: string,
  input: string,
  email: string,
): Promise<void> {
  const { organization } = await ask<{ organization: { member: { id: string } } }>(
    token,
    `query Id($id: ID!, $email: String!) {
      organization(by: { id: $id }) { member(by: { email: $email }) { id } }
    }`,
    { id, email },
  );
  await ask(token, `mutation Act($input: ${input}!) { ${mutation}(input: $input) { changed } }`, {
    input: { memberId: organization.member.id },
  });
}
