// Who is at the console, and what they may do in the organization they look at.
import { createContext, useContext } from "react";
import { graphql, type ResultOf } from "./graphql";

export const sessionQuery = graphql(`
  query Session {
    viewer {
      label
      scopes
      organization { id name slug }
      account {
        id
        email
        name
        memberships {
          organizationId organizationName organizationSlug memberId status scopes
        }
      }
    }
    server { embeddedDatabase developmentMailbox version }
  }
`);

type Answer = ResultOf<typeof sessionQuery>;
export type Scope = Answer["viewer"]["scopes"][number];
type Status = NonNullable<Answer["viewer"]["account"]>["memberships"][number]["status"];

/** An organization that the caller is a member of, in whatever status. */
export interface Place {
  id: string;
  name: string;
  slug: string;
  status: Status;
  scopes: readonly Scope[];
  /** The caller's own member there; null for an access token. */
  memberId: string | null;
}

/** Whoever looks at the console, before it is said at which organization. */
export interface Visitor {
  label: string;
  /** A person with a session, who can sign out; else a program with a token. */
  isPerson: boolean;
  places: readonly Place[];
  hasOwnDatabase: boolean;
  hasMailbox: boolean;
}

export interface Session extends Visitor {
  organization: Place;
  scopes: ReadonlySet<Scope>;
}

/** The visitor out of an answer. */
export function visitorOf({ viewer, server }: Answer): Visitor {
  const { account, organization } = viewer;
  const own = { status: "CONFIRMED", scopes: viewer.scopes, memberId: null } as const;
  const places =
    account?.memberships.map(
      ({ organizationId, organizationName, organizationSlug, ...membership }) => ({
        id: organizationId,
        name: organizationName,
        slug: organizationSlug,
        ...membership,
      }),
    ) ?? (organization === null ? [] : [{ ...organization, ...own }]);
  return {
    label: account === null ? viewer.label : (account.name ?? account.email),
    isPerson: account !== null,
    places,
    hasOwnDatabase: server.embeddedDatabase,
    hasMailbox: server.developmentMailbox,
  };
}

/** The session at an organization; undefined where the visitor may not act in it. */
export function sessionAt(visitor: Visitor, slug: string): Session | undefined {
  const organization = visitor.places.find((place) => place.slug === slug);
  if (organization?.status !== "CONFIRMED") return undefined;
  return { ...visitor, organization, scopes: new Set(organization.scopes) };
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session of whoever looks at the page. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("A page of an organization stands inside the shell.");
  return session;
}
