// Every address of the console, and the page that answers it.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { auditSearch } from "./features/audit/search";
import { confirmationsSearch } from "./features/confirmations/search";
import { groupSearch, groupsSearch } from "./features/groups/search";
import { mailSearch } from "./features/mail/search";
import { memberSearch, membersSearch } from "./features/members/search";
import { requestsSearch } from "./features/requests/search";
import { guideSearch, tokensSearch } from "./features/settings/search";
import { signInSearch } from "./features/sign-in/search";
import { Start } from "./features/start/Start";
import { defined, parseSearch, stringifySearch, wordIn } from "./search";
import { Broken, Missing } from "./shell/Missing";
import { Shell } from "./shell/Shell";
import { ToastArea } from "./ui/Toast";

const root = createRootRoute({
  component: () => (
    <ToastArea>
      <Outlet />
    </ToastArea>
  ),
});

const start = createRoute({ getParentRoute: () => root, path: "/", component: Start });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import("./features/sign-in/SignIn"), "SignIn"),
});

const accept = createRoute({
  getParentRoute: () => root,
  path: "/accept",
  /** Whether the person comes back from the organization's own sign-in. */
  validateSearch: (search) => defined({ by: wordIn(search, "by", ["sso"]) }),
  component: lazyRouteComponent(() => import("./features/accept/Accept"), "Accept"),
});

const membership = createRoute({
  getParentRoute: () => root,
  path: "/membership",
  component: lazyRouteComponent(() => import("./features/membership/Membership"), "Membership"),
});

const organization = createRoute({
  getParentRoute: () => root,
  path: "/o/$organization",
  component: Shell,
});

const overview = createRoute({
  getParentRoute: () => organization,
  path: "/",
  component: lazyRouteComponent(() => import("./features/overview/Overview"), "Overview"),
});

const members = createRoute({
  getParentRoute: () => organization,
  path: "members",
  validateSearch: membersSearch,
  component: lazyRouteComponent(() => import("./features/members/Members"), "Members"),
});

const member = createRoute({
  getParentRoute: () => members,
  path: "$member",
  validateSearch: memberSearch,
  component: lazyRouteComponent(() => import("./features/members/MemberDrawer"), "MemberDrawer"),
});

const groups = createRoute({
  getParentRoute: () => organization,
  path: "groups",
  validateSearch: groupsSearch,
  component: lazyRouteComponent(() => import("./features/groups/Groups"), "Groups"),
});

const group = createRoute({
  getParentRoute: () => groups,
  path: "$group",
  validateSearch: groupSearch,
  component: lazyRouteComponent(() => import("./features/groups/GroupDrawer"), "GroupDrawer"),
});

const requests = createRoute({
  getParentRoute: () => organization,
  path: "requests",
  validateSearch: requestsSearch,
  component: lazyRouteComponent(() => import("./features/requests/Requests"), "Requests"),
});

const request = createRoute({
  getParentRoute: () => requests,
  path: "$request",
  component: lazyRouteComponent(() => import("./features/requests/RequestDrawer"), "RequestDrawer"),
});

const audit = createRoute({
  getParentRoute: () => organization,
  path: "audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./features/audit/Audit"), "Audit"),
});

const settings = createRoute({
  getParentRoute: () => organization,
  path: "settings",
  component: lazyRouteComponent(() => import("./features/settings/SettingsFrame"), "SettingsFrame"),
});

const provisioning = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: lazyRouteComponent(() => import("./features/settings/Provisioning"), "Provisioning"),
});

const guide = createRoute({
  getParentRoute: () => settings,
  path: "guide",
  validateSearch: guideSearch,
  component: lazyRouteComponent(() => import("./features/settings/GuidePage"), "GuidePage"),
});

const tokens = createRoute({
  getParentRoute: () => settings,
  path: "tokens",
  validateSearch: tokensSearch,
  component: lazyRouteComponent(() => import("./features/settings/Tokens"), "Tokens"),
});

const ownOrganization = createRoute({
  getParentRoute: () => settings,
  path: "organization",
  component: lazyRouteComponent(
    () => import("./features/settings/OrganizationPage"),
    "OrganizationPage",
  ),
});

const singleSignOn = createRoute({
  getParentRoute: () => settings,
  path: "sign-in",
  component: lazyRouteComponent(
    () => import("./features/single-sign-on/SingleSignOn"),
    "SingleSignOn",
  ),
});

const confirmations = createRoute({
  getParentRoute: () => organization,
  path: "confirmations",
  validateSearch: confirmationsSearch,
  component: lazyRouteComponent(
    () => import("./features/confirmations/Confirmations"),
    "Confirmations",
  ),
});

const organizationKey = createRoute({
  getParentRoute: () => organization,
  path: "key",
  component: lazyRouteComponent(
    () => import("./features/organization-key/OrganizationKey"),
    "OrganizationKey",
  ),
});

const mail = createRoute({
  getParentRoute: () => organization,
  path: "mail",
  validateSearch: mailSearch,
  component: lazyRouteComponent(() => import("./features/mail/Mail"), "Mail"),
});

const tree = root.addChildren([
  start,
  signIn,
  accept,
  membership,
  organization.addChildren([
    overview,
    confirmations,
    organizationKey,
    mail,
    members.addChildren([member]),
    groups.addChildren([group]),
    requests.addChildren([request]),
    audit,
    settings.addChildren([provisioning, guide, singleSignOn, tokens, ownOrganization]),
  ]),
]);

export function createConsoleRouter() {
  return createRouter({
    routeTree: tree,
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: "intent",
    defaultNotFoundComponent: Missing,
    defaultErrorComponent: Broken,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
