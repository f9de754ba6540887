// The filters over the log of SCIM requests.
import { useNavigate } from "@tanstack/react-router";
import { FilterBar, FilterChips, FilterChoice, FilterInstant } from "../../ui/FilterBar";
import { Notice } from "../../ui/Notice";
import { OUTCOME } from "../../words";
import type { requestsSearch } from "./search";
import { OUTCOMES } from "./search";
import { OPERATION, RESOURCE } from "./words";

type Search = ReturnType<typeof requestsSearch>;

export function RequestFilters({ search }: { search: Search }) {
  const navigate = useNavigate({ from: "/o/$organization/requests" });
  const { after, before, ...filters } = search;
  const choose = (part: Record<string, string | string[]>) =>
    navigate({
      to: "/o/$organization/requests",
      search: { ...filters, ...(part as Partial<Search>) },
      replace: true,
    });
  const clear = () => navigate({ to: "/o/$organization/requests", search: {}, replace: true });
  return (
    <>
      <FilterBar
        search={{
          label: "Path, subject or body",
          value: search.search ?? "",
          onSearch: (words) => choose({ search: words }),
        }}
        onClear={Object.keys(filters).length > 0 ? clear : undefined}
      >
        <FilterChips
          label="Outcome"
          chosen={search.outcome ?? []}
          options={OUTCOMES.map((outcome) => [outcome, OUTCOME[outcome][0]] as const)}
          onChange={(outcome) => choose({ outcome })}
        />
        <FilterChoice
          label="Operation"
          value={search.operation ?? ""}
          options={[["", "Every operation"], ...Object.entries(OPERATION)]}
          onChoose={(operation) => choose({ operation })}
        />
        <FilterChoice
          label="About"
          value={search.resource ?? ""}
          options={[["", "Anything"], ...Object.entries(RESOURCE)]}
          onChoose={(resource) => choose({ resource })}
        />
        <FilterInstant
          label="From"
          value={search.from ?? ""}
          onChange={(from) => choose({ from })}
        />
        <FilterInstant label="To" value={search.to ?? ""} onChange={(to) => choose({ to })} />
      </FilterBar>
      {search.subject !== undefined && (
        <Notice tone="calm">
          <p>Only requests about one member or group.</p>
        </Notice>
      )}
    </>
  );
}
