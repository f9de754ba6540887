// Every route of an organization with what the tests of all routes need to know of it.
import type { Page } from "playwright-core";
import { ask } from "./organization";
import type { Story } from "./story";

/** Something else changes what the page shows, then the person at the page wants to change it. */
interface ConflictOfRoute {
  /** Opens whatever form there is, before the other change. */
  open: (page: Page) => Promise<void>;
  /** The change of somebody else. */
  meanwhile: (story: Story, ids: Ids) => Promise<unknown>;
  /** Sends the form. */
  send: (page: Page) => Promise<void>;
  /** What the table must show: as it is now, and as the person wants it. */
  theirs: string;
  yours: string;
}

export interface Ids {
  owner: string;
  member: string;
  group: string;
  ownGroup: string;
  request: string;
}

export interface RouteOfTests {
  name: string;
  path: (ids: Ids) => string;
  /** A text that is there once the page is loaded. */
  shows: string;
  /** An address below the bare organization, with ids of another, where there is nothing to show, and what is said. */
  empty: { path: (ids: Ids) => string; says: string } | { never: string };
  /** The permission without which the page may not be seen. */
  scope: string | { never: string };
  conflict: ConflictOfRoute | { never: string };
}

const READS = { never: "The page changes nothing." };

const change = (story: Story, mutation: string, input: object) =>
  ask(story.token, mutation, { input });

export const ROUTES: readonly RouteOfTests[] = [
  {
    name: "overview",
    path: () => "",
    shows: "Latest events",
    empty: { path: () => "", says: "No identity provider is connected" },
    scope: { never: "It shows what the caller may see, and nothing else." },
    conflict: READS,
  },
  {
    name: "members",
    path: () => "/members",
    shows: "Yara Costa",
    empty: { path: () => "/members", says: "No members yet" },
    scope: "MEMBERS_READ",
    conflict: { never: "What is done to many goes by ids, each with its own result." },
  },
  {
    name: "member",
    path: ({ owner }) => `/members/${owner}`,
    shows: "Attributes",
    empty: { path: ({ owner }) => `/members/${owner}`, says: "No such member" },
    scope: "MEMBERS_READ",
    conflict: {
      open: async (page) => {
        await page.getByRole("button", { name: "Edit" }).click();
        await page.getByRole("textbox", { name: "Display name" }).fill("As I want it");
      },
      meanwhile: (story, { owner }) =>
        change(
          story,
          "mutation C($input: UpdateMemberInput!) { updateMember(input: $input) { changed } }",
          { memberId: owner, displayName: "As they want it" },
        ),
      send: (page) => page.getByRole("button", { name: "Save" }).click(),
      theirs: "As they want it",
      yours: "As I want it",
    },
  },
  {
    name: "groups",
    path: () => "/groups",
    shows: "Engineering",
    empty: { path: () => "/groups", says: "No groups yet" },
    scope: "GROUPS_READ",
    conflict: { never: "A group is changed in its drawer." },
  },
  {
    name: "group",
    path: ({ ownGroup }) => `/groups/${ownGroup}`,
    shows: "Owned by",
    empty: { path: ({ group }) => `/groups/${group}`, says: "No such group" },
    scope: "GROUPS_READ",
    conflict: {
      open: async (page) => {
        await page.getByRole("button", { name: "Rename" }).click();
        await page.getByRole("textbox", { name: "Name" }).fill("My name for it");
      },
      meanwhile: (story, { ownGroup }) =>
        change(
          story,
          "mutation C($input: UpdateGroupInput!) { updateGroup(input: $input) { changed } }",
          { groupId: ownGroup, displayName: "Their name for it" },
        ),
      send: (page) => page.getByRole("button", { name: "Save" }).click(),
      theirs: "Their name for it",
      yours: "My name for it",
    },
  },
  {
    name: "requests",
    path: () => "/requests",
    shows: "GET /Users?filter=",
    empty: { path: () => "/requests", says: "Provisioning is off" },
    scope: "PROVISIONING_READ",
    conflict: READS,
  },
  {
    name: "request",
    path: ({ request }) => `/requests/${request}`,
    shows: "Why, and what to do",
    empty: { path: ({ request }) => `/requests/${request}`, says: "No such request" },
    scope: "PROVISIONING_READ",
    conflict: READS,
  },
  {
    name: "audit",
    path: () => "/audit",
    shows: "revoked the access of",
    empty: { path: () => "/audit?action=member.removed", says: "Nothing like that happened" },
    scope: "AUDIT_READ",
    conflict: READS,
  },
  {
    name: "confirmations",
    path: () => "/confirmations",
    shows: "Nobody waits",
    empty: { path: () => "/confirmations", says: "Nobody waits" },
    scope: "MEMBERS_READ",
    conflict: { never: "Another key of a member shows both phrases: people.test.ts." },
  },
  {
    name: "key",
    path: () => "/key",
    shows: "There is no key yet",
    empty: { path: () => "/key", says: "There is no key yet" },
    scope: { never: "It shows what every member sees of the key, and nothing else." },
    conflict: { never: "Needs a person who holds a key: people.test.ts." },
  },
  {
    name: "mail",
    path: () => "/mail",
    shows: "ada.byron@example.com",
    empty: { path: () => "/mail", says: "No mail yet" },
    scope: "ORGANIZATION_WRITE",
    conflict: READS,
  },
  {
    name: "sign-in settings",
    path: () => "/settings/sign-in",
    shows: "No provider yet",
    empty: { path: () => "/settings/sign-in", says: "No provider yet" },
    scope: "ORGANIZATION_READ",
    conflict: { never: "A provider is made first: single-sign-on.test.ts." },
  },
  {
    name: "provisioning",
    path: () => "/settings",
    shows: "Provider and switches",
    empty: { path: () => "/settings", says: "No identity provider is connected" },
    scope: "PROVISIONING_READ",
    conflict: {
      open: async (page) => {
        await page
          .getByRole("combobox", { name: "A revoked person who is created again" })
          .selectOption("RESTORE");
      },
      meanwhile: (story) =>
        change(
          story,
          "mutation C($input: UpdateScimConnectionInput!) { updateScimConnection(input: $input) { changed } }",
          { organizationId: story.id, provider: "OKTA" },
        ),
      send: (page) => page.getByRole("button", { name: "Save" }).click(),
      theirs: "Okta",
      yours: "none",
    },
  },
  {
    name: "guide",
    path: () => "/settings/guide",
    shows: "The provider reaches Rollcall",
    empty: { path: () => "/settings/guide", says: "Provisioning is off" },
    scope: "PROVISIONING_READ",
    conflict: READS,
  },
  {
    name: "tokens",
    path: () => "/settings/tokens",
    shows: "First token",
    empty: { never: "Whoever looks with a token sees it; with a session there may be none." },
    scope: "TOKENS_ADMIN",
    conflict: { never: "A token is never changed, only ended." },
  },
  {
    name: "organization",
    path: () => "/settings/organization",
    shows: "Allowed e-mail domains",
    empty: { never: "An organization always has a name." },
    scope: "ORGANIZATION_READ",
    conflict: {
      open: (page) => page.getByRole("textbox", { name: "Seats" }).fill("70"),
      meanwhile: (story) =>
        change(
          story,
          "mutation C($input: UpdateOrganizationInput!) { updateOrganization(input: $input) { changed } }",
          { organizationId: story.id, seatLimit: 50 },
        ),
      send: (page) => page.getByRole("button", { name: "Save" }).click(),
      theirs: "50",
      yours: "70",
    },
  },
];

/** The ids that addresses of a story need. */
export async function idsOf(story: Story): Promise<Ids> {
  const { organization } = await ask<{
    organization: {
      owner: { nodes: { id: string }[] };
      member: { id: string };
      group: { id: string };
      ownGroup: { id: string };
      provisioningRequests: { nodes: { id: string }[] };
    };
  }>(
    story.token,
    `query Ids($id: ID!) {
      organization(by: { id: $id }) {
        owner: members(first: 1, filter: { role: [OWNER] }) { nodes { id } }
        member(by: { email: "ada.byron@example.com" }) { id }
        group(by: { displayName: "Engineering" }) { id }
        ownGroup: group(by: { displayName: "On call" }) { id }
        provisioningRequests(first: 1, filter: { outcome: [REJECTED] }) { nodes { id } }
      }
    }`,
    { id: story.id },
  );
  return {
    owner: organization.owner.nodes[0]?.id ?? "",
    member: organization.member.id,
    group: organization.group.id,
    ownGroup: organization.ownGroup.id,
    request: organization.provisioningRequests.nodes[0]?.id ?? "",
  };
}

export function hasState<State extends object>(state: State | { never: string }): state is State {
  return !("never" in state);
}
