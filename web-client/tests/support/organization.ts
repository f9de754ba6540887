// An organization of a test, with what provisions it and what administers it.
import { inject } from "vitest";
import { make } from "./workshop";

export interface Organization {
  id: string;
  slug: string;
  name: string;
  scimUrl: string;
  scimKey: string;
  token: string;
  /** The e-mail of its owner, and a link by which they sign in once. */
  owner: string;
  signInUrl: string;
}

let count = 0;

/** A new organization, whose owner is `owner@<slug>.example`. */
export function newOrganization(name: string): Promise<Organization> {
  count += 1;
  const full = `${name} ${process.pid}-${count}`;
  return foundOrganization(full, `owner-${process.pid}-${count}@example.com`);
}

/** A new organization of exactly that name, which nobody else may have. */
export async function foundOrganization(full: string, owner: string): Promise<Organization> {
  const made = await make({ make: "organization", name: full, owner });
  const found = await organizationOf(made.accessToken ?? "");
  return {
    ...found,
    owner,
    scimUrl: made.scimBaseUrl ?? "",
    scimKey: made.scimApiKey ?? "",
    signInUrl: made.signInUrl ?? "",
  };
}

/** The organization that a token is of, without anything of its provisioning. */
export async function organizationOf(token: string): Promise<Organization> {
  const { viewer } = await ask<{
    viewer: { organization: { id: string; slug: string; name: string } };
  }>(token, "{ viewer { organization { id slug name } } }");
  return { ...viewer.organization, scimUrl: "", scimKey: "", owner: "", signInUrl: "", token };
}

/** Asks the admin API; what it answers must be free of errors. */
export async function ask<Data>(token: string, query: string, variables = {}): Promise<Data> {
  const answer = await fetch(`${inject("server").url}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** A token of the organization that holds the scopes alone. */
export async function tokenWith(organization: Organization, scopes: string[]): Promise<string> {
  const made = await ask<{ createAccessToken: { secret: string } }>(
    organization.token,
    "mutation Make($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { secret } }",
    { input: { organizationId: organization.id, name: "With less", scopes } },
  );
  return made.createAccessToken.secret;
}

/** One call of the identity provider. */
export async function scim(
  organization: Organization,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${organization.scimUrl}${path}`, {
    method,
    headers: {
      "Content-Type": "application/scim+json",
      Authorization: `Bearer ${organization.scimKey}`,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? {} : JSON.parse(text) };
}

/** A person as a provider reports them; the id that SCIM knows them by. */
export async function provision(organization: Organization, email: string, name: string) {
  const [givenName, familyName] = name.split(" ");
  const { status, body } = await scim(organization, "POST", "/Users", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: email,
    displayName: name,
    name: { givenName, familyName },
    emails: [{ value: email, type: "work", primary: true }],
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return String(body.id);
}
