// Starts the console.
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { createClient, signInAddress } from "./graphql/client";
import { sessionQuery } from "./graphql/session";
import { takeLinkToken } from "./linkToken";
import { createConsoleRouter } from "./router";
import { moveFocusWithPages } from "./shell/focus";
import { applyTheme, chosenTheme } from "./shell/theme";
import "./styles/base.css";

/** Those that need nobody to be signed in. */
const OPEN_PAGES = ["/sign-in", "/accept"];
const BLANK_MS = 300;

takeLinkToken();
// A second link opened in the same tab changes the fragment alone.
window.addEventListener("hashchange", () => takeLinkToken() && window.location.reload());

const router = createConsoleRouter();
const client = createClient(() => {
  const here = router.state.location;
  if (!OPEN_PAGES.includes(here.pathname)) router.history.replace(signInAddress(here.href));
});

moveFocusWithPages(router);
applyTheme(chosenTheme());
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no place for the console.");

// Who comes is asked while the page's own files are loaded; a slow answer is waited for on the page.
const session = OPEN_PAGES.includes(window.location.pathname)
  ? undefined
  : client.query(sessionQuery, {}).toPromise();
await router.load();
await Promise.race([session, new Promise((resolve) => setTimeout(resolve, BLANK_MS))]);
// Nobody listens yet to a way back, or to the sign-in page, that was taken meanwhile.
if (router.history.location.href !== router.latestLocation.href) await router.load();

// At once, so that the page's query is on its way before the browser paints.
flushSync(() =>
  createRoot(root).render(
    <StrictMode>
      <Provider value={client}>
        <RouterProvider router={router} />
      </Provider>
    </StrictMode>,
  ),
);
