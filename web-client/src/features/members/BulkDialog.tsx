// Asks before many members are changed, does it, and says what came of each.
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { BulkProgress } from "./BulkProgress";
import { BulkResult, type BulkSummary } from "./BulkResult";
import {
  bulkReinvite,
  bulkRemove,
  bulkRestore,
  bulkRevoke,
  inviteStaged,
  startBulkOperation,
} from "./bulk";
import type { Filter } from "./filter";
import { BULK_ACTION, type BulkAction, people } from "./words";

/** Whom it is about: some by their ids, or all that a filter selects. */
export type Crowd =
  | { ids: readonly string[]; filter?: never; total?: never }
  | { ids?: never; filter: Filter; total: number };

interface BulkDialogProps {
  organizationId: string;
  action: BulkAction;
  crowd: Crowd;
  onClose: () => void;
  onDone: () => void;
}

const DOCUMENTS = {
  INVITE: inviteStaged,
  REINVITE: bulkReinvite,
  REVOKE: bulkRevoke,
  RESTORE: bulkRestore,
  REMOVE: bulkRemove,
} as const;

export function BulkDialog(props: BulkDialogProps) {
  const { organizationId, action, crowd, onClose, onDone } = props;
  const count = crowd.ids === undefined ? crowd.total : crowd.ids.length;
  const { verb, question, meaning, isDangerous } = BULK_ACTION[action];
  const some = useChange(DOCUMENTS[action], (data) => data.bulk);
  const all = useChange(startBulkOperation, (data) => data.startBulkOperation);
  const [typed, setTyped] = useState("");
  const [trouble, setTrouble] = useState<string>();
  const [result, setResult] = useState<BulkSummary>();
  const [operationId, setOperationId] = useState<string>();
  // Whatever is done to a crowd that nobody sees as a whole is confirmed by its number.
  const mustType = crowd.ids === undefined && isDangerous;

  const run = async () => {
    if (crowd.ids !== undefined) {
      const outcome = await some.run({ input: { organizationId, memberIds: [...crowd.ids] } });
      setTrouble(refusalOf(outcome));
      if (outcome.payload?.errors.length === 0) {
        setResult(outcome.payload);
        onDone();
      }
      return;
    }
    const outcome = await all.run({
      input: {
        organizationId,
        action,
        filter: crowd.filter,
        expectedCount: crowd.total,
        idempotencyKey: crypto.randomUUID(),
      },
    });
    setTrouble(refusalOf(outcome));
    setOperationId(outcome.payload?.bulkOperation?.id);
    if (outcome.payload?.bulkOperation) onDone();
  };

  if (operationId !== undefined) {
    return (
      <Dialog title={`${verb}: ${people(count)}`} onClose={onClose}>
        <BulkProgress id={operationId} onClose={onClose} />
      </Dialog>
    );
  }
  if (result !== undefined) {
    return (
      <Dialog title={`${verb}: ${people(count)}`} onClose={onClose}>
        <BulkResult result={result} />
        <DialogButtons>
          <Button look="primary" onClick={onClose}>
            Close
          </Button>
        </DialogButtons>
      </Dialog>
    );
  }
  return (
    <Dialog title={question(people(count))} onClose={onClose}>
      <p>{meaning}</p>
      {trouble !== undefined && (
        <Notice tone="bad" isUrgent>
          {trouble}
        </Notice>
      )}
      {mustType && (
        <TextField
          label={`Type ${count} to confirm`}
          inputMode="numeric"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look={isDangerous ? "danger" : "primary"}
          busy={some.isRunning || all.isRunning}
          disabled={mustType && typed.trim() !== String(count)}
          onClick={run}
        >
          {verb}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
