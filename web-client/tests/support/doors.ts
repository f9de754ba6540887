// Every route outside an organization, for people who are invited, signed out, or look at themselves.
import type { Page } from "playwright-core";
import { openAsStranger } from "./browser";
import { expire, withoutOrganizations } from "./database";
import { newOrganization, type Organization, provision, scim } from "./organization";
import { acceptAs, actOn, invitationLink, signInLink } from "./people";

/** Addresses that the doors lead to, by what the person there comes with. */
export interface Guests {
  organization: Organization;
  open: string;
  taken: string;
  expired: string;
  expiredEmail: string;
  replaced: string;
  withdrawn: string;
  moved: string;
  /** Links with which these sign in: the owner, one who waits, and one who is nowhere any more. */
  owner: () => Promise<string>;
  waiting: () => Promise<string>;
  nowhere: () => Promise<string>;
}

type Never = { never: string };

export interface Door {
  name: string;
  /** Who is there. */
  by: "stranger" | "owner" | "waiting" | "nowhere";
  path: (guests: Guests) => string;
  /** A heading that is there once the page is loaded. */
  shows: string;
  /** What is clicked first, for a dialog of the page. */
  opens?: string;
  /** Whether it asks the server for something as it loads, and so can be seen loading, and fail. */
  asks: true | Never;
  /** Whether what it asks for is of the organization, and breaks with it. */
  readsOrganization: boolean;
  /** What is said where there is nothing to show. */
  empty: { at: string } | Never;
  forbidden: Never;
  conflict: Never;
}

const ANYBODY = { never: "Whoever is not signed in may see it." };
const BY_LINK = { never: "The link is the permission; without the right one, see the void links." };
const ONESELF = { never: "Everybody may see themselves." };
const READS = { never: "The page changes nothing." };
const NOT_ASKED = { never: "It asks for nothing until something is clicked." };
const VOID = { never: "It tells of one invitation." };
const NO_ANSWER = { never: "The link is what is missing, so there is nothing to ask for." };
const ONCE = { never: "Whoever comes second is told that the link was used: people.test.ts." };
const OWN = { never: "Nobody else changes it." };

const voidLink = (name: string, path: Door["path"], shows: string): Door => ({
  name,
  by: "stranger",
  path,
  shows,
  asks: true,
  readsOrganization: true,
  empty: VOID,
  forbidden: BY_LINK,
  conflict: READS,
});

export const DOORS: readonly Door[] = [
  {
    name: "sign in",
    by: "stranger",
    path: () => "/sign-in",
    shows: "Sign in",
    asks: true,
    readsOrganization: false,
    empty: { at: "an organization without its own sign-in" },
    forbidden: ANYBODY,
    conflict: READS,
  },
  {
    name: "an organization without its own sign-in",
    by: "stranger",
    path: ({ organization }) => `/sign-in?organization=${organization.slug}`,
    shows: "Sign in with your organization",
    asks: true,
    readsOrganization: false,
    empty: { at: "itself" },
    forbidden: ANYBODY,
    conflict: READS,
  },
  {
    name: "sign-in that came to nothing",
    by: "stranger",
    path: () => "/sign-in?problem=email_unverified",
    shows: "Sign in",
    asks: true,
    readsOrganization: false,
    empty: { at: "an organization without its own sign-in" },
    forbidden: ANYBODY,
    conflict: READS,
  },
  {
    name: "sign-in link",
    by: "stranger",
    path: () => "/sign-in#sil_0",
    shows: "One click to go",
    asks: NOT_ASKED,
    readsOrganization: false,
    empty: { never: "A link is there, or it is the page before." },
    forbidden: ANYBODY,
    conflict: ONCE,
  },
  {
    name: "accept",
    by: "stranger",
    path: ({ open }) => open,
    shows: "Join",
    asks: true,
    readsOrganization: true,
    empty: { at: "accept without a link" },
    forbidden: BY_LINK,
    conflict: ONCE,
  },
  {
    name: "accept without a link",
    by: "stranger",
    path: () => "/accept",
    shows: "Open the link from your mail",
    asks: NO_ANSWER,
    readsOrganization: false,
    empty: { at: "itself" },
    forbidden: BY_LINK,
    conflict: READS,
  },
  {
    ...voidLink("no such link", () => "/accept#inv_0", "This link leads to no invitation"),
    readsOrganization: false,
  },
  voidLink("taken", ({ taken }) => taken, "This invitation was accepted already"),
  voidLink("expired", ({ expired }) => expired, "This invitation has expired"),
  voidLink("replaced", ({ replaced }) => replaced, "There is a newer invitation"),
  voidLink("withdrawn", ({ withdrawn }) => withdrawn, "This invitation was withdrawn"),
  voidLink("moved", ({ moved }) => moved, "This invitation was for another address"),
  {
    ...voidLink("somebody else's", ({ open }) => open, "You are signed in as somebody else"),
    by: "owner",
  },
  {
    name: "membership",
    by: "owner",
    path: () => "/membership",
    shows: "My membership",
    asks: true,
    readsOrganization: true,
    empty: { at: "membership nowhere" },
    forbidden: ONESELF,
    conflict: OWN,
  },
  {
    name: "membership of one who waits",
    by: "waiting",
    path: () => "/membership",
    shows: "My membership",
    asks: true,
    readsOrganization: true,
    empty: { at: "membership nowhere" },
    forbidden: ONESELF,
    conflict: OWN,
  },
  {
    name: "membership nowhere",
    by: "nowhere",
    path: () => "/membership",
    shows: "You are in no organization yet",
    asks: true,
    readsOrganization: false,
    empty: { at: "itself" },
    forbidden: ONESELF,
    conflict: OWN,
  },
  {
    name: "key set-up",
    by: "owner",
    path: () => "/membership",
    shows: "My membership",
    opens: "Set up a key",
    asks: { never: "A dialog of the membership page, which has loaded by then." },
    readsOrganization: true,
    empty: { never: "It asks for a passphrase." },
    forbidden: ONESELF,
    conflict: OWN,
  },
  {
    name: "start, for one who waits",
    by: "waiting",
    path: () => "/",
    shows: "has to confirm you",
    asks: true,
    readsOrganization: true,
    empty: { at: "start, for one who is nowhere" },
    forbidden: ONESELF,
    conflict: READS,
  },
  {
    name: "start, for one who is nowhere",
    by: "nowhere",
    path: () => "/",
    shows: "You are in no organization",
    asks: true,
    readsOrganization: false,
    empty: { at: "itself" },
    forbidden: ONESELF,
    conflict: READS,
  },
  {
    name: "a page that there is not",
    by: "owner",
    path: ({ organization }) => `/o/${organization.slug}/nothing`,
    shows: "Nothing here",
    asks: { never: "The session is asked for by the page around it: states.test.ts." },
    readsOrganization: true,
    empty: { at: "itself" },
    forbidden: ONESELF,
    conflict: READS,
  },
];

/** An organization with a guest for every door. */
export async function newGuests(): Promise<Guests> {
  const organization = await newOrganization("Gate");
  const addressOf = (name: string) => `${name}.${organization.slug}@example.com`;
  const invited = async (name: string, full: string) => {
    const id = await provision(organization, addressOf(name), full);
    return { id, link: await invitationLink(organization, addressOf(name)) };
  };
  const [open, taken, expired, replaced, withdrawn, moved] = [
    await invited("olga", "Olga Berg"),
    await invited("tara", "Tara Lund"),
    await invited("enno", "Enno Faber"),
    await invited("rosa", "Rosa Vidal"),
    await invited("wim", "Wim Jansen"),
    await invited("mona", "Mona Haas"),
  ];
  await acceptAs(taken.link);
  await expire(addressOf("enno"));
  await actOn(organization, "reinviteMember", "ReinviteMemberInput", addressOf("rosa"));
  await actOn(organization, "revokeMember", "RevokeMemberInput", addressOf("wim"));
  await scim(organization, "PATCH", `/Users/${moved.id}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [
      {
        op: "replace",
        value: { emails: [{ value: addressOf("mona.haas"), type: "work", primary: true }] },
      },
    ],
  });
  const nowhere = addressOf("nina");
  await provision(organization, nowhere, "Nina Roth");
  await acceptAs(await invitationLink(organization, nowhere));
  await withoutOrganizations(nowhere);
  return {
    organization,
    open: open.link,
    taken: taken.link,
    expired: expired.link,
    expiredEmail: addressOf("enno"),
    replaced: replaced.link,
    withdrawn: withdrawn.link,
    moved: moved.link,
    owner: () => signInLink(organization.owner),
    waiting: () => signInLink(addressOf("tara")),
    nowhere: () => signInLink(nowhere),
  };
}

/** A browser of somebody who is signed in, or of a stranger. */
export async function browserOf(guests: Guests, by: Door["by"]): Promise<Page> {
  if (by === "stranger") return openAsStranger("/sign-in");
  const page = await openAsStranger(await guests[by]());
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  return page;
}
