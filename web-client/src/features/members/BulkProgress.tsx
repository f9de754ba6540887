// Follows an operation over many members to its end.
import { useMemo, useSyncExternalStore } from "react";
import { useChange } from "../../graphql/change";
import { follow } from "../../graphql/follow";
import type { ResultOf } from "../../graphql/graphql";
import { Button } from "../../ui/Button";
import { DialogButtons } from "../../ui/Drawer";
import { Notice } from "../../ui/Notice";
import { Skeleton } from "../../ui/states";
import { BulkResult } from "./BulkResult";
import { bulkProgress, cancelBulkOperation } from "./bulk";
import styles from "./Members.module.css";
import { people } from "./words";

type Operation = ResultOf<typeof bulkProgress>["bulkOperation"];

/** The newest state of an operation, from when somebody listens until it ends. */
function operationStore(id: string) {
  let newest: Operation | undefined;
  return {
    snapshot: () => newest,
    subscribe: (listener: () => void) =>
      follow(bulkProgress, () => ({ id }), {
        onNext: ({ bulkOperation }) => {
          newest = bulkOperation;
          listener();
        },
      }),
  };
}

const STATE = {
  QUEUED: "Waits for its turn",
  RUNNING: "Running",
  FINISHED: "Finished",
  CANCELLED: "Cancelled; what was done stays done",
  FAILED: "Ended early",
} as const;

export function BulkProgress({ id, onClose }: { id: string; onClose: () => void }) {
  const store = useMemo(() => operationStore(id), [id]);
  const operation = useSyncExternalStore(store.subscribe, store.snapshot);
  const cancel = useChange(cancelBulkOperation, (data) => data.cancelBulkOperation);
  if (operation === undefined) return <Skeleton label="Starting …" lines={2} />;
  const { summary, total, state } = operation;
  const done = summary.changed + summary.unchanged + summary.failed;
  const isOver = state !== "QUEUED" && state !== "RUNNING";
  return (
    <>
      <label>
        {STATE[state]}: {done.toLocaleString("en")} of {people(total)}
        <progress className={styles.meter} value={done} max={Math.max(1, total)} />
      </label>
      {operation.failureReason !== null && <Notice tone="bad">{operation.failureReason}</Notice>}
      {isOver && (
        <BulkResult
          result={{
            summary,
            results: operation.failures.nodes.map(({ memberId, member, errors }) => ({
              memberId,
              ...(member && { name: member.userName }),
              errors,
            })),
          }}
        />
      )}
      <DialogButtons>
        {!isOver && (
          <Button busy={cancel.isRunning} onClick={() => cancel.run({ input: { id } })}>
            Stop here
          </Button>
        )}
        <Button look="primary" onClick={onClose}>
          {isOver ? "Close" : "Let it go on by itself"}
        </Button>
      </DialogButtons>
    </>
  );
}
