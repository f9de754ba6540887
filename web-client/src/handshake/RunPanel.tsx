// How far a run is, and what came of each member in it.
import { Button } from "../ui/Button";
import { type Column, DataTable } from "../ui/DataTable";
import { Notice } from "../ui/Notice";
import { StatusBadge } from "../ui/StatusBadge";
import type { RowResult } from "./confirming";
import styles from "./RunPanel.module.css";
import type { Run } from "./useConfirming";
import { RUN, RUN_OUTCOME } from "./words";

/** As many as somebody reads; those that were refused come first. */
const SHOWN = 100;

interface RunPanelProps {
  run: Run;
  onStop: () => void;
  onClear: () => void;
}

export function RunPanel({ run, onStop, onClear }: RunPanelProps) {
  const { results, total, isRunning, problem } = run;
  const refused = results.filter(({ outcome }) => outcome === "refused");
  const others = results.filter(({ outcome }) => outcome !== "refused");
  const shown = [...refused, ...others.reverse()].slice(0, SHOWN);
  return (
    <section className={styles.panel} aria-label={RUN.title}>
      <div className={styles.head}>
        <p role="status">{RUN.done(results.length - refused.length, refused.length, total)}</p>
        {isRunning ? (
          <Button onClick={onStop}>{RUN.stop}</Button>
        ) : (
          <Button look="quiet" onClick={onClear}>
            {RUN.clear}
          </Button>
        )}
      </div>
      {isRunning && (
        <progress
          className={styles.progress}
          aria-label={RUN.title}
          max={Math.max(1, total)}
          value={results.length}
        />
      )}
      {problem !== undefined && (
        <Notice tone="bad" title={RUN.broken} isUrgent>
          <p>
            {problem} {RUN.goOn}
          </p>
        </Notice>
      )}
      {shown.length > 0 && (
        <DataTable
          caption={RUN.results}
          columns={refused.length > 0 ? [...COLUMNS, WHY] : COLUMNS}
          rows={shown}
          rowKey={({ memberId }) => memberId}
        />
      )}
    </section>
  );
}

const COLUMNS: Column<RowResult>[] = [
  { key: "name", heading: RUN.member, isText: true, cell: ({ name }) => name },
  {
    key: "outcome",
    heading: RUN.result,
    cell: ({ outcome }) => {
      const [word, shape, tone] = RUN_OUTCOME[outcome];
      return (
        <StatusBadge shape={shape} tone={tone}>
          {word}
        </StatusBadge>
      );
    },
  },
];

const WHY: Column<RowResult> = {
  key: "why",
  heading: RUN.why,
  isText: true,
  cell: ({ why }) => why,
};
