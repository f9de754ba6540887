// Whom the queue shows: by name, and by what they wait for.
import { useNavigate } from "@tanstack/react-router";
import { FilterBar, FilterChoice } from "../../ui/FilterBar";
import { type ConfirmationsSearch, filterOf, REASONS } from "./search";
import { QUEUE, REASON } from "./words";

interface ConfirmationFiltersProps {
  search: ConfirmationsSearch;
  /** Where no keys are shared there is one reason alone. */
  hasReasons: boolean;
}

export function ConfirmationFilters({ search, hasReasons }: ConfirmationFiltersProps) {
  const navigate = useNavigate({ from: "/o/$organization/confirmations" });
  const choose = (changed: { search?: string; reason?: string }) =>
    navigate({
      to: "/o/$organization/confirmations",
      search: ({ after: _, before: __, ...kept }) => ({ ...kept, ...changed }) as never,
    });
  return (
    <FilterBar
      search={{
        label: QUEUE.search,
        value: search.search ?? "",
        onSearch: (words) => choose({ search: words }),
      }}
      onClear={
        filterOf(search) === null
          ? undefined
          : () => navigate({ to: "/o/$organization/confirmations", search: {} })
      }
    >
      {hasReasons && (
        <FilterChoice
          label={QUEUE.reason}
          value={search.reason ?? ""}
          options={[
            ["", QUEUE.everyReason],
            ...REASONS.map((reason) => [reason, REASON[reason][0]] as const),
          ]}
          onChoose={(reason) => choose({ reason })}
        />
      )}
    </FilterBar>
  );
}
