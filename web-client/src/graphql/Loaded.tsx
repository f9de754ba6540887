// Shows a query's answer, or what there is instead: a skeleton, or why there is none.
import type { ReactNode } from "react";
import type { UseQueryResponse } from "urql";
import { Failure, Progress, Skeleton } from "../ui/states";
import { problemOf } from "./errors";

interface LoadedProps<Data, Variables extends object> {
  query: UseQueryResponse<Data, Variables>;
  /** What is being loaded, as in "Loading members …". */
  what: string;
  lines?: number;
  children: (data: Data) => ReactNode;
  /** What stands around a failure, where no page does. */
  around?: (failure: ReactNode) => ReactNode;
}

export function Loaded<Data, Variables extends object>({
  query: [result, again],
  what,
  lines,
  children,
  around = (failure) => failure,
}: LoadedProps<Data, Variables>) {
  const label = `Loading ${what} …`;
  if (result.error !== undefined) {
    return around(
      <Failure
        problem={problemOf(result.error)}
        onRetry={() => again({ requestPolicy: "network-only" })}
      />,
    );
  }
  if (result.data === undefined) {
    return (
      <>
        <Progress label={label} />
        <Skeleton label={label} {...(lines !== undefined && { lines })} />
      </>
    );
  }
  return (
    <>
      {(result.fetching || result.stale) && <Progress label={label} />}
      {children(result.data)}
    </>
  );
}
