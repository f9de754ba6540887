// The newest of the history, in sentences.
import { Link } from "@tanstack/react-router";
import { useSession } from "../../graphql/session";
import { Empty } from "../../ui/states";
import { Timeline } from "../../ui/Timeline";
import { When } from "../../ui/When";
import { originName } from "../../words";

interface Event {
  id: string;
  summary: string;
  occurredAt: string;
  origin: Parameters<typeof originName>[0];
}

export function LatestEvents({ events }: { events: readonly Event[] }) {
  const params = { organization: useSession().organization.slug };
  if (events.length === 0) {
    return (
      <Empty title="Nothing happened yet">
        <p>Whatever changes here, by whom and when, will stand on this page.</p>
      </Empty>
    );
  }
  return (
    <>
      <Timeline
        label="Latest events"
        moments={events.map((event) => ({
          key: event.id,
          what: event.summary,
          when: <When at={event.occurredAt} />,
          by: originName(event.origin),
        }))}
      />
      <p>
        <Link to="/o/$organization/audit" params={params}>
          The whole history
        </Link>
      </p>
    </>
  );
}
