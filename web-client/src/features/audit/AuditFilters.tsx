// The filters over the history; actions come from the server's catalogue.
import { useNavigate } from "@tanstack/react-router";
import { FilterBar, FilterChoice, FilterInstant } from "../../ui/FilterBar";
import { Notice } from "../../ui/Notice";
import { ORIGIN } from "../../words";
import type { auditSearch } from "./search";

type Search = ReturnType<typeof auditSearch>;

interface AuditFiltersProps {
  search: Search;
  actions: readonly { action: string; description: string }[];
}

export function AuditFilters({ search, actions }: AuditFiltersProps) {
  const navigate = useNavigate({ from: "/o/$organization/audit" });
  const { after, before, ...filters } = search;
  const choose = (part: Record<string, string>) =>
    navigate({
      to: "/o/$organization/audit",
      search: { ...filters, ...(part as Partial<Search>) },
      replace: true,
    });
  const clear = () => navigate({ to: "/o/$organization/audit", search: {}, replace: true });
  const { correlation, actor, subject } = search;
  return (
    <>
      <FilterBar onClear={Object.keys(filters).length > 0 ? clear : undefined}>
        <FilterChoice
          label="Action"
          value={search.action ?? ""}
          options={actionOptions(actions, search.action)}
          onChoose={(action) => choose({ action })}
        />
        <FilterChoice
          label="Came by"
          value={search.origin ?? ""}
          options={[["", "Every way"], ...Object.entries(ORIGIN)]}
          onChoose={(origin) => choose({ origin })}
        />
        <FilterInstant
          label="From"
          value={search.from ?? ""}
          onChange={(from) => choose({ from })}
        />
        <FilterInstant label="To" value={search.to ?? ""} onChange={(to) => choose({ to })} />
      </FilterBar>
      {(correlation ?? actor ?? subject) !== undefined && (
        <Notice tone="calm">
          <p>
            {correlation !== undefined && "Only what one command did. "}
            {actor !== undefined && "Only what one actor did. "}
            {subject !== undefined && "Only what happened to one subject."}
          </p>
        </Notice>
      )}
    </>
  );
}

/** Every action, below a choice for all of its subject: `member.*`, then each of members. */
export function actionOptions(
  actions: AuditFiltersProps["actions"],
  chosen: string | undefined,
): (readonly [string, string])[] {
  const subjects = new Map<string, string[]>();
  for (const { action } of actions) {
    const subject = action.split(".")[0] ?? action;
    subjects.set(subject, [...(subjects.get(subject) ?? []), action]);
  }
  const options: (readonly [string, string])[] = [["", "Every action"]];
  for (const [subject, named] of subjects) {
    options.push([`${subject}.*`, `${subject}: all`]);
    for (const action of named) options.push([action, action]);
  }
  // While the catalogue is on its way, an address may name an action already.
  if (chosen !== undefined && !options.some(([value]) => value === chosen)) {
    options.push([chosen, chosen]);
  }
  return options;
}
