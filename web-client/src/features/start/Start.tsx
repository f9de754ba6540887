// The address `/`: on to the organization of whoever comes.
import { Navigate } from "@tanstack/react-router";
import { useQuery } from "urql";
import { Loaded } from "../../graphql/Loaded";
import { sessionQuery, visitorOf } from "../../graphql/session";
import { inDoor } from "../../shell/inDoor";
import { Nowhere } from "../../shell/Nowhere";

export function Start() {
  const query = useQuery({ query: sessionQuery, requestPolicy: "cache-first" });
  return (
    <Loaded query={query} what="your session" around={inDoor}>
      {(data) => {
        const visitor = visitorOf(data);
        const place =
          visitor.places.find(({ status }) => status === "CONFIRMED") ?? visitor.places[0];
        if (place === undefined) return <Nowhere visitor={visitor} />;
        return <Navigate to="/o/$organization" params={{ organization: place.slug }} replace />;
      }}
    </Loaded>
  );
}
