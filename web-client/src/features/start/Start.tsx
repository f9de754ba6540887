// The address `/`: on to the organization of whoever comes.
import { Navigate } from "@tanstack/react-router";
import { useQuery } from "urql";
import { Loaded } from "../../graphql/Loaded";
import { sessionOf, sessionQuery } from "../../graphql/session";
import { Empty } from "../../ui/states";

export function Start() {
  const query = useQuery({ query: sessionQuery, requestPolicy: "cache-first" });
  return (
    <Loaded query={query} what="your session">
      {(data) => {
        const place = sessionOf(data)?.places[0];
        if (place === undefined) {
          return (
            <Empty title="You are in no organization here">
              <p>Ask an administrator to invite you.</p>
            </Empty>
          );
        }
        return <Navigate to="/o/$organization" params={{ organization: place.slug }} replace />;
      }}
    </Loaded>
  );
}
