// The one client of the admin API: headers, cache, and what happens when a session is over.
import { Client, cacheExchange, fetchExchange, mapExchange } from "urql";
import { codeOf } from "./errors";
import { underwayExchange } from "./underway";

export const ENDPOINT = "/graphql";

/** The organization that an address of the console is about, by its slug. */
export function organizationIn(path: string): string | undefined {
  const slug = /^\/o\/([^/]+)/.exec(path)?.[1];
  return slug === undefined ? undefined : decodeURIComponent(slug);
}

/** What every call says besides its body; the first header proves that it comes from this page. */
export function callHeaders(path = window.location.pathname): Record<string, string> {
  const organization = organizationIn(path);
  return {
    "X-Rollcall": "1",
    ...(organization !== undefined && { "X-Rollcall-Organization": organization }),
  };
}

/** A client that calls `onSignedOut` when the server does not know the caller. */
export function createClient(onSignedOut: () => void): Client {
  return new Client({
    url: ENDPOINT,
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: () => ({
      headers: { ...callHeaders(), Accept: "application/json" },
      credentials: "same-origin",
    }),
    exchanges: [
      mapExchange({
        onError(error) {
          if (codeOf(error.graphQLErrors) === "UNAUTHENTICATED") onSignedOut();
        },
      }),
      cacheExchange,
      underwayExchange,
      fetchExchange,
    ],
  });
}

/** Where to sign in, so that the reader comes back to where they are. */
export function signInAddress(here: string): string {
  return `/sign-in?then=${encodeURIComponent(here)}`;
}
