// What stands around every page of an organization: where one is, who one is, where one can go.
import { Link, Outlet, useMatchRoute, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery } from "urql";
import { CountsContext, useLiveCounts } from "../graphql/counts";
import { Loaded } from "../graphql/Loaded";
import {
  type Session,
  SessionContext,
  sessionAt,
  sessionQuery,
  visitorOf,
} from "../graphql/session";
import { inDoor } from "./inDoor";
import { Nowhere } from "./Nowhere";
import { ORGANIZATION_PAGES } from "./pages";
import styles from "./Shell.module.css";
import { SignOut } from "./SignOut";
import { chooseTheme, chosenTheme, type Theme } from "./theme";

const THEME_OPTIONS = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
] as const;

const CONFIRMATIONS = "/o/$organization/confirmations";

export function Shell() {
  const { organization } = useParams({ from: "/o/$organization" });
  const query = useQuery({ query: sessionQuery, requestPolicy: "cache-first" });
  return (
    <Loaded query={query} what="your session" around={inDoor}>
      {(data) => {
        const visitor = visitorOf(data);
        const session = sessionAt(visitor, organization);
        if (session === undefined) return <Nowhere visitor={visitor} slug={organization} />;
        return (
          <SessionContext value={session}>
            <Frame key={organization} session={session} />
          </SessionContext>
        );
      }}
    </Loaded>
  );
}

function Frame({ session }: { session: Session }) {
  const live = useLiveCounts(session);
  const waiting = live.counts?.accepted ?? 0;
  const isAt = useMatchRoute();
  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip}>
        Skip to the content
      </a>
      <header className={styles.side}>
        <div className={styles.brand}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <rect x="1" y="1" width="18" height="18" rx="3" />
            <path d="M5.5 10.3l3 3 6-6.6" />
          </svg>
          Rollcall
        </div>
        <Places session={session} />
        <nav aria-label="Pages" className={styles.nav}>
          <ul>
            {ORGANIZATION_PAGES.filter((page) => page.isFor(session)).map((page) => (
              <li key={page.to}>
                <Link
                  to={("leadsTo" in page && page.leadsTo(session)) || page.to}
                  params={{ organization: session.organization.slug }}
                  {...("leadsTo" in page && isAt({ to: page.to, fuzzy: true }) !== false
                    ? { "aria-current": "page" }
                    : {})}
                  activeOptions={{ exact: page.to === "/o/$organization", includeSearch: false }}
                  className={styles.link}
                >
                  {page.text}
                  {page.to === CONFIRMATIONS && waiting > 0 && (
                    <span className={styles.count}>{waiting.toLocaleString("en")}</span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className={styles.foot}>
          <ThemeChoice />
          <p className={styles.viewer}>
            {session.isPerson ? <Link to="/membership">{session.label}</Link> : session.label}
          </p>
          {session.isPerson && <SignOut />}
        </div>
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        <CountsContext value={live}>
          <Outlet />
        </CountsContext>
      </main>
    </div>
  );
}

function Places({ session }: { session: Session }) {
  const navigate = useNavigate();
  const { organization } = useParams({ from: "/o/$organization" });
  const places = session.places.filter(({ status }) => status === "CONFIRMED");
  if (places.length < 2) {
    return <p className={styles.place}>{session.organization.name}</p>;
  }
  return (
    <label className={styles.place}>
      <span className="visually-hidden">Organization</span>
      <select
        value={organization}
        onChange={(event) =>
          navigate({ to: "/o/$organization", params: { organization: event.target.value } })
        }
      >
        {places.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function ThemeChoice() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <label className={styles.theme}>
      <span>Theme</span>
      <select
        value={theme}
        onChange={(event) => {
          const chosen = event.target.value as Theme;
          chooseTheme(chosen);
          setTheme(chosen);
        }}
      >
        {THEME_OPTIONS.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
