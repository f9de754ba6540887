// For whoever comes to an organization in which they may not act, or belongs to none.
import { Link } from "@tanstack/react-router";
import type { Visitor } from "../graphql/session";
import { Empty } from "../ui/states";
import styles from "./Shell.module.css";

interface NowhereProps {
  visitor: Visitor;
  /** Of the organization that was asked for, where one was. */
  slug?: string;
}

export function Nowhere({ visitor, slug }: NowhereProps) {
  const here = visitor.places.find((place) => place.slug === slug);
  const elsewhere = visitor.places.filter(({ status }) => status === "CONFIRMED");
  return (
    <main className={styles.alone}>
      <h1>Rollcall</h1>
      {here?.status === "ACCEPTED" ? (
        <Empty title={`${here.name} has to confirm you`}>
          <p>You accepted the invitation. An administrator there confirms you next.</p>
        </Empty>
      ) : (
        <Empty
          title={slug === undefined ? "You are in no organization" : "You are not a member there"}
        >
          <p>Ask an administrator to invite you.</p>
        </Empty>
      )}
      {visitor.isPerson && (
        <p>
          <Link to="/membership">My membership</Link>
        </p>
      )}
      {elsewhere.length > 0 && (
        <ul>
          {elsewhere.map((place) => (
            <li key={place.slug}>
              <Link to="/o/$organization" params={{ organization: place.slug }}>
                {place.name}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}
