// Who is at the console, and what they may do in the organization they look at.
import { createContext, useContext } from "react";
import { graphql, type ResultOf } from "./graphql";

export const sessionQuery = graphql(`
  query Session {
    viewer {
      scopes
      organization { id name slug }
      actor { __typename ... on AccessToken { name } }
    }
  }
`);

export type Scope = ResultOf<typeof sessionQuery>["viewer"]["scopes"][number];

export interface Place {
  name: string;
  slug: string;
}

export interface Session {
  label: string;
  /** Organizations the caller can go to. */
  places: readonly Place[];
  /** The organization that the page is about. */
  organization: { id: string; name: string; slug: string };
  scopes: ReadonlySet<Scope>;
  isDemo: boolean;
}

/** The session out of an answer; null where the caller is in no organization. */
export function sessionOf({ viewer }: ResultOf<typeof sessionQuery>): Session | null {
  const organization = viewer.organization;
  if (organization === null) return null;
  return {
    label: viewer.actor.__typename === "AccessToken" ? viewer.actor.name : "",
    places: [organization],
    organization,
    scopes: new Set(viewer.scopes),
    isDemo: false,
  };
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session of whoever looks at the page. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("A page of an organization stands inside the shell.");
  return session;
}
