// An organization with a bit of everything in it, as an administrator meets it in daily life.
import { ask, newOrganization, type Organization, provision, scim } from "./organization";

const PEOPLE = [
  ["ada.byron@example.com", "Ada Byron"],
  ["grace.okoro@example.com", "Grace Okoro"],
  ["linus.vaara@example.com", "Linus Vaara"],
  ["mei.tanaka@example.com", "Mei Tanaka"],
  ["omar.haddad@example.com", "Omar Haddad"],
  ["paula.stein@example.com", "Paula Stein"],
  ["ravi.menon@example.com", "Ravi Menon"],
  ["sofia.lindqvist@example.com", "Sofia Lindqvist"],
  ["tomas.novak@example.com", "Tomáš Novák"],
  ["yara.costa@example.com", "Yara Costa"],
] as const;

export interface Story extends Organization {
  /** SCIM ids of the people, in their order. */
  people: string[];
  group: string;
}

/** Ten people by SCIM, two groups, an update, a repetition, a refusal, a revocation. */
export async function newStory(name = "Northwind"): Promise<Story> {
  return tell(await newOrganization(name));
}

/** The same in an organization that there is. */
export async function tell(organization: Organization): Promise<Story> {
  const people: string[] = [];
  for (const [email, full] of PEOPLE) people.push(await provision(organization, email, full));
  const [ada = "", grace = "", linus = "", mei = ""] = people;
  const group = await scim(organization, "POST", "/Groups", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: "Engineering",
    members: [ada, grace, linus].map((value) => ({ value })),
  });
  await patch(organization, `/Users/${ada}`, "replace", { title: "Countess", active: true });
  await patch(organization, `/Users/${ada}`, "replace", { title: "Countess" });
  await patch(organization, `/Users/${mei}`, "replace", { active: false });
  await scim(organization, "POST", "/Users", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: "grace.okoro@example.com",
    emails: [{ value: "grace.okoro@example.com" }],
  });
  await scim(organization, "GET", '/Users?filter=userName+eq+"nobody@example.com"');
  await ask(
    organization.token,
    "mutation Make($input: CreateGroupInput!) { createGroup(input: $input) { changed } }",
    { input: { organizationId: organization.id, displayName: "On call" } },
  );
  await logged(organization);
  return { ...organization, people, group: String(group.body.id) };
}

/** Waits until the log of requests, which is written in batches, tells of the last one. */
export async function logged(organization: Organization, search = "nobody@"): Promise<void> {
  while (true) {
    const { organization: found } = await ask<{
      organization: { provisioningRequests: { nodes: unknown[] } };
    }>(
      organization.token,
      `query Logged($id: ID!, $search: String!) {
        organization(by: { id: $id }) {
          provisioningRequests(first: 1, filter: { search: $search }) { nodes { id } }
        }
      }`,
      { id: organization.id, search },
    );
    if (found.provisioningRequests.nodes.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function patch(organization: Organization, path: string, op: string, value: unknown) {
  return scim(organization, "PATCH", path, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op, value }],
  });
}
