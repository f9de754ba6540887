// For whoever comes to an organization in which they may not act, or belongs to none.
import { Link } from "@tanstack/react-router";
import type { Visitor } from "../graphql/session";
import { buttonClass } from "../ui/Button";
import { Door } from "../ui/Door";
import styles from "./Shell.module.css";

interface NowhereProps {
  visitor: Visitor;
  /** Of the organization that was asked for, where one was. */
  slug?: string;
}

export function Nowhere({ visitor, slug }: NowhereProps) {
  const here = visitor.places.find((place) => place.slug === slug);
  const elsewhere = visitor.places.filter(({ status }) => status === "CONFIRMED");
  const isWaiting = here?.status === "ACCEPTED";
  const otherwise =
    slug === undefined ? "You are in no organization" : "You are not a member there";
  return (
    <Door>
      <h1>{isWaiting ? `${here.name} has to confirm you` : otherwise}</h1>
      <p className={styles.why}>
        {isWaiting
          ? "You accepted the invitation. An administrator there confirms you next."
          : "Ask an administrator to invite you."}
      </p>
      {(elsewhere.length > 0 || visitor.isPerson) && (
        <ul className={styles.ways}>
          {elsewhere.map((place) => (
            <li key={place.slug}>
              <Link
                to="/o/$organization"
                params={{ organization: place.slug }}
                className={buttonClass("primary")}
              >
                Go to {place.name}
              </Link>
            </li>
          ))}
          {visitor.isPerson && (
            <li>
              <Link to="/membership" className={buttonClass()}>
                My membership
              </Link>
            </li>
          )}
        </ul>
      )}
    </Door>
  );
}
