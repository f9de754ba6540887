// Somebody else changed the same thing meanwhile: both values, and a choice between them.
import { Button } from "./Button";
import styles from "./Conflict.module.css";
import { Notice } from "./Notice";

export interface Difference {
  name: string;
  theirs: string;
  yours: string;
}

interface ConflictProps {
  differences: readonly Difference[];
  onKeepTheirs: () => void;
  onUseMine: () => void;
}

export function Conflict({ differences, onKeepTheirs, onUseMine }: ConflictProps) {
  return (
    <Notice tone="wait" title="Somebody else changed this meanwhile" isUrgent>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">As it is now</th>
            <th scope="col">What you want</th>
          </tr>
        </thead>
        <tbody>
          {differences.map(({ name, theirs, yours }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{theirs}</td>
              <td>{yours}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.buttons}>
        <Button onClick={onKeepTheirs}>Keep what is there</Button>
        <Button look="primary" onClick={onUseMine}>
          Use mine
        </Button>
      </div>
    </Notice>
  );
}
