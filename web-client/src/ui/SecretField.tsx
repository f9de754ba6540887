// A secret that is shown this once.
import { CopyField } from "./CopyField";
import styles from "./CopyField.module.css";

export function SecretField({ label, value }: { label: string; value: string }) {
  return (
    <div className={`${styles.field} ${styles.secret}`}>
      <CopyField label={label} value={value} />
      <p className={styles.once}>Shown this once. Copy it now; nobody can show it again.</p>
    </div>
  );
}
