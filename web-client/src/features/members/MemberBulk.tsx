// The bar under the list: what can be done to the selected members, or to all that are listed.
import { useState } from "react";
import { BulkBar } from "../../ui/BulkBar";
import { Button } from "../../ui/Button";
import { BulkDialog, type Crowd } from "./BulkDialog";
import type { Filter } from "./filter";
import type { MemberRow } from "./MemberRows";
import { ACTIONS_FOR, BULK_ACTION, type BulkAction } from "./words";

interface MemberBulkProps {
  organizationId: string;
  selected: ReadonlySet<string>;
  members: readonly MemberRow[];
  filter: Filter;
  status: string | undefined;
  /** How many members the filter selects. */
  total: number;
  onClear: () => void;
  /** Reads the list anew: what runs in the background changes it later. */
  onChanged: () => void;
}

export function MemberBulk(props: MemberBulkProps) {
  const { selected, members, filter, total, onClear } = props;
  const [everyone, setEveryone] = useState(false);
  const [asked, setAsked] = useState<{ action: BulkAction; crowd: Crowd }>();
  const canBeAll = members.every(({ id }) => selected.has(id)) && total > selected.size;
  const isAll = everyone && canBeAll;
  const ask = (action: BulkAction) =>
    setAsked({ action, crowd: isAll ? { filter, total } : { ids: [...selected] } });
  return (
    <>
      <BulkBar count={isAll ? total : selected.size} onClear={onClear}>
        {canBeAll && (
          <Button look="quiet" onClick={() => setEveryone(!isAll)}>
            {isAll
              ? `Only the ${selected.size} of this page`
              : `All ${total.toLocaleString("en")} that match`}
          </Button>
        )}
        {(ACTIONS_FOR[props.status ?? "all"] ?? []).map((action) => (
          <Button
            key={action}
            look={BULK_ACTION[action].isDangerous ? "danger" : "plain"}
            onClick={() => ask(action)}
          >
            {BULK_ACTION[action].verb}
          </Button>
        ))}
      </BulkBar>
      {asked && (
        <BulkDialog
          organizationId={props.organizationId}
          {...asked}
          onClose={() => {
            setAsked(undefined);
            props.onChanged();
          }}
          onDone={onClear}
        />
      )}
    </>
  );
}
