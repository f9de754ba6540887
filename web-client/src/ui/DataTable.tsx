// Rows under headings; on a narrow screen each row stands on its own. Rows can be selected.
import type { ReactNode } from "react";
import styles from "./DataTable.module.css";

export interface Column<Row> {
  key: string;
  heading: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end of their cell. */
  isNumber?: boolean;
  /** Long text, which may break anywhere; all else stays on one line. */
  isText?: boolean;
  /** What can be left out first where there is little room. */
  isMinor?: boolean;
  /** What speaks for itself: where columns are gone, all else has its heading beside it. */
  isPlain?: boolean;
}

interface Selection {
  selected: ReadonlySet<string>;
  onChange: (selected: ReadonlySet<string>) => void;
}

interface DataTableProps<Row> {
  /** What the table lists, for those who do not see it. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** What a row is called, where it is chosen. */
  rowName?: (row: Row) => string;
  selection?: Selection;
  /** The row that is open beside the table. */
  current?: string | undefined;
  /** Rows that came by themselves. */
  isNew?: (row: Row) => boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, selection, current } = props;
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {selection && (
              <th scope="col" className={styles.choice}>
                <SelectAll rows={rows} rowKey={rowKey} {...selection} />
              </th>
            )}
            {columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)}>
                {column.heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = rowKey(row);
            return (
              <tr
                key={key}
                data-current={key === current || undefined}
                data-selected={selection?.selected.has(key) || undefined}
                data-new={props.isNew?.(row) || undefined}
              >
                {selection && (
                  <td className={styles.choice}>
                    <input
                      type="checkbox"
                      aria-label={`Select ${props.rowName?.(row) ?? key}`}
                      checked={selection.selected.has(key)}
                      onChange={() => selection.onChange(toggled(selection.selected, key))}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.key} className={classOf(column)}>
                    <Labelled column={column} value={column.cell(row)} />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The value of a cell, with its heading for screens too narrow for columns. */
function Labelled<Row>({ column, value }: { column: Column<Row>; value: ReactNode }) {
  if (column.isPlain || value === null || value === undefined || value === "" || value === false) {
    return value;
  }
  // Whoever does not see the page hears the column's heading by itself.
  return (
    <>
      <span className={styles.heading} aria-hidden="true">
        {column.heading}
      </span>{" "}
      {value}
    </>
  );
}

function SelectAll<Row>(props: Selection & { rows: readonly Row[]; rowKey: (row: Row) => string }) {
  const keys = props.rows.map(props.rowKey);
  const all = keys.length > 0 && keys.every((key) => props.selected.has(key));
  return (
    <input
      type="checkbox"
      aria-label="Select all rows of this page"
      checked={all}
      onChange={() => props.onChange(new Set(all ? [] : [...props.selected, ...keys]))}
    />
  );
}

function toggled(selected: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(key)) next.add(key);
  return next;
}

function classOf<Row>(column: Column<Row>): string {
  const { isNumber, isText, isMinor } = column;
  return [isNumber && styles.number, isText && styles.text, isMinor && styles.minor]
    .filter(Boolean)
    .join(" ");
}
