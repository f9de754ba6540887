// The work list of who waits for a confirmation, or for the organization's key.
import { Link, useSearch } from "@tanstack/react-router";
import { useQuery } from "urql";
import { Loaded } from "../../graphql/Loaded";
import { pageArguments } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import { buttonClass } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/states";
import { ConfirmationFilters } from "./ConfirmationFilters";
import { Queue } from "./Queue";
import { confirmationsQuery } from "./query";
import { filterOf } from "./search";
import { EMPTY, QUEUE } from "./words";

export function Confirmations() {
  const { organization } = useSession();
  const search = useSearch({ from: "/o/$organization/confirmations" });
  const filter = filterOf(search);
  const query = useQuery({
    query: confirmationsQuery,
    variables: { slug: organization.slug, filter, ...pageArguments(search) },
  });
  const found = query[0].data?.organization;
  const sharesKeys = found?.keyHandshake === "REQUIRED";
  const params = { organization: organization.slug };
  return (
    <Page
      title={QUEUE.title}
      lead={sharesKeys ? QUEUE.leadWithKeys : QUEUE.lead}
      actions={
        <Link to="/o/$organization/key" params={params} className={buttonClass()}>
          {QUEUE.key}
        </Link>
      }
    >
      <ConfirmationFilters search={search} hasReasons={sharesKeys || search.reason !== undefined} />
      <Loaded query={query} what="the confirmations" lines={8}>
        {(data) =>
          data.organization === null ? (
            <Empty title={EMPTY.title}>
              <p>{EMPTY.text}</p>
            </Empty>
          ) : (
            <Queue
              key={JSON.stringify(filter)}
              organization={data.organization}
              viewer={data.viewer}
              filter={filter}
              onAgain={() => query[1]({ requestPolicy: "network-only" })}
            />
          )
        }
      </Loaded>
    </Page>
  );
}
