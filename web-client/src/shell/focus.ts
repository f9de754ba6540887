// Where the focus goes with the page: whoever hears the page instead of seeing it hears where they are.
import type { createConsoleRouter } from "../router";

const DIALOG = "[role=dialog]";

/** Moves the focus after each change of the path: back to the link of a drawer that was closed, else to the heading. */
export function moveFocusWithPages(router: ReturnType<typeof createConsoleRouter>): void {
  let hadDrawer = false;
  router.subscribe("onBeforeNavigate", () => {
    hadDrawer = document.querySelector(DIALOG) !== null;
  });
  router.subscribe("onResolved", ({ fromLocation, toLocation, pathChanged }) => {
    if (fromLocation === undefined || !pathChanged || document.querySelector(DIALOG)) return;
    const wasAbove = hadDrawer && fromLocation.pathname.startsWith(`${toLocation.pathname}/`);
    const target = wasAbove ? linkTo(fromLocation.pathname) : undefined;
    (target ?? document.querySelector("h1"))?.focus({ preventScroll: true });
  });
}

/** The link of the page's content that leads there. */
function linkTo(pathname: string): HTMLAnchorElement | undefined {
  const links = document.querySelectorAll<HTMLAnchorElement>("main a");
  return [...links].find((link) => link.pathname === pathname);
}
