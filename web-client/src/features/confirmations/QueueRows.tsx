// The table of those who wait.
import { kidOf } from "../../handshake/useUnlocked";
import { Button } from "../../ui/Button";
import { type Column, DataTable } from "../../ui/DataTable";
import { StatusBadge } from "../../ui/StatusBadge";
import { When } from "../../ui/When";
import styles from "./Confirmations.module.css";
import type { Row } from "./Queue";
import { QUEUE, REASON } from "./words";

interface QueueRowsProps {
  rows: readonly Row[];
  sharesKeys: boolean;
  isBusy: boolean;
  onCompare: (row: Row) => void;
  /** Left out for who may only look. */
  onConfirm?: (row: Row) => void;
  selection?: { selected: ReadonlySet<string>; onChange: (selected: ReadonlySet<string>) => void };
}

export function nameOf({ member }: Row): string {
  return member.displayName ?? member.userName;
}

export function QueueRows(props: QueueRowsProps) {
  const { rows, sharesKeys, isBusy, onCompare, onConfirm, selection } = props;
  const columns: Column<Row>[] = [
    {
      key: "member",
      heading: QUEUE.member,
      isPlain: true,
      isText: true,
      cell: (row) => (
        <>
          <strong>{nameOf(row)}</strong>
          <br />
          <span className={styles.soft}>{row.member.email}</span>
        </>
      ),
    },
    {
      key: "reason",
      heading: QUEUE.reason,
      isPlain: true,
      cell: ({ reason }) => {
        const [word, shape, tone] = REASON[reason];
        return (
          <StatusBadge shape={shape} tone={tone}>
            {word}
          </StatusBadge>
        );
      },
    },
    { key: "since", heading: QUEUE.since, cell: ({ acceptedAt }) => <When at={acceptedAt} /> },
  ];
  if (sharesKeys || onConfirm !== undefined) {
    columns.push({
      key: "do",
      heading: sharesKeys ? QUEUE.words : QUEUE.confirm,
      isPlain: true,
      cell: (row) => {
        const hasKey = kidOf(row.publicKey) !== undefined;
        if (sharesKeys && !hasKey) return <span className={styles.soft}>{QUEUE.noKey}</span>;
        return (
          <div className={styles.buttons}>
            {sharesKeys && (
              <Button aria-label={QUEUE.compareNamed(nameOf(row))} onClick={() => onCompare(row)}>
                {QUEUE.compare}
              </Button>
            )}
            {onConfirm !== undefined && (
              <Button
                busy={isBusy}
                aria-label={QUEUE.confirmNamed(nameOf(row))}
                onClick={() => onConfirm(row)}
              >
                {QUEUE.confirm}
              </Button>
            )}
          </div>
        );
      },
    });
  }
  return (
    <DataTable
      caption={QUEUE.caption}
      columns={columns}
      rows={rows}
      rowKey={({ member }) => member.id}
      rowName={nameOf}
      {...(selection && { selection })}
    />
  );
}
