// The filters over the list of members.
import { useNavigate } from "@tanstack/react-router";
import { FilterBar, FilterChoice } from "../../ui/FilterBar";
import { Notice } from "../../ui/Notice";
import { ROLE, SOURCE } from "../../words";
import type { membersSearch } from "./search";
import { ORDER } from "./words";

type Search = ReturnType<typeof membersSearch>;

interface GroupName {
  id: string;
  displayName: string;
}

interface MemberFiltersProps {
  search: Search;
  /** The group that the list is about, where it is about one. */
  group: GroupName | undefined;
  /** The first groups by name; left out for who may not see them. */
  groups: { nodes: readonly GroupName[]; pageInfo: { hasNextPage: boolean } } | undefined;
}

/** Chosen where there are more groups than the list of them holds. */
const MORE = "more";

const all = (text: string, words: Record<string, string>) =>
  [["", text], ...Object.entries(words)] as const;

export function MemberFilters({ search, group, groups }: MemberFiltersProps) {
  const navigate = useNavigate({ from: "/o/$organization/members" });
  // What is chosen leads to the first page of what it selects.
  const choose = (part: Partial<Record<keyof Search, string>>) =>
    navigate({
      to: "/o/$organization/members",
      search: ({ after: _, before: __, ...kept }) => ({ ...kept, ...(part as Partial<Search>) }),
      replace: true,
    });
  const { order, status, after, before, ...filters } = search;
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <>
      <FilterBar
        search={{
          label: "E-mail or name",
          value: search.search ?? "",
          onSearch: (words) => choose({ search: words }),
        }}
        onClear={
          isFiltered ? () => choose({ search: "", role: "", source: "", group: "" }) : undefined
        }
      >
        <FilterChoice
          label="Role"
          value={search.role ?? ""}
          options={all("Every role", ROLE)}
          onChoose={(role) => choose({ role })}
        />
        <FilterChoice
          label="Came by"
          value={search.source ?? ""}
          options={all("Every way", SOURCE)}
          onChoose={(source) => choose({ source })}
        />
        {groups !== undefined && groups.nodes.length > 0 && (
          <FilterChoice
            label="Group"
            value={search.group ?? ""}
            options={groupOptions(group, groups)}
            onChoose={(chosen) =>
              chosen === MORE
                ? navigate({ to: "/o/$organization/groups" })
                : choose({ group: chosen })
            }
          />
        )}
        <FilterChoice
          label="Order"
          value={order ?? "newest"}
          options={Object.entries(ORDER).map(([value, { text }]) => [value, text] as const)}
          onChoose={(chosen) => choose({ order: chosen === "newest" ? "" : chosen })}
        />
      </FilterBar>
      {search.group !== undefined && (
        <Notice tone="calm">
          <p>
            Only members of the group <strong>{group?.displayName ?? search.group}</strong>.
          </p>
        </Notice>
      )}
    </>
  );
}

function groupOptions(
  group: GroupName | undefined,
  { nodes, pageInfo }: NonNullable<MemberFiltersProps["groups"]>,
): (readonly [string, string])[] {
  const isListed = group === undefined || nodes.some(({ id }) => id === group.id);
  return [
    ["", "Every group"],
    ...[...(isListed ? [] : [group]), ...nodes].map(
      ({ id, displayName }) => [id, displayName] as const,
    ),
    ...(pageInfo.hasNextPage ? ([[MORE, "More, under Groups …"]] as const) : []),
  ];
}
