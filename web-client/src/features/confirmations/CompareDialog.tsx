// The six words of one member, to be compared with what they read out.
import { MemberWords } from "../../handshake/Fingerprint";
import { kidOf } from "../../handshake/useUnlocked";
import { Button } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { Notice } from "../../ui/Notice";
import styles from "./Confirmations.module.css";
import type { Row } from "./Queue";
import { nameOf } from "./QueueRows";
import { COMPARE } from "./words";

interface CompareDialogProps {
  row: Row;
  /** The key that was there when the reader began to compare. */
  comparedKey: unknown;
  onClose: () => void;
  onConfirm?: () => void;
}

export function CompareDialog({ row, comparedKey, onClose, onConfirm }: CompareDialogProps) {
  const now = kidOf(row.publicKey);
  const before = kidOf(comparedKey);
  const memberUuid = row.member.scimId;
  return (
    <Dialog title={COMPARE.title(nameOf(row))} onClose={onClose}>
      <p>
        {row.member.email}. {COMPARE.ask}
      </p>
      {before !== undefined && before !== now && (
        <Notice tone="wait" title={COMPARE.changedTitle} isUrgent>
          <p>{COMPARE.changed}</p>
          <h3>{COMPARE.before}</h3>
          <MemberWords label={COMPARE.before} kid={before} memberUuid={memberUuid} />
          <h3>{COMPARE.now}</h3>
        </Notice>
      )}
      {now !== undefined && <MemberWords label={COMPARE.label} kid={now} memberUuid={memberUuid} />}
      <p className={styles.soft}>{COMPARE.differ}</p>
      <DialogButtons>
        <Button look="quiet" onClick={onClose}>
          {COMPARE.later}
        </Button>
        {onConfirm !== undefined && now !== undefined && (
          <Button look="primary" onClick={onConfirm}>
            {COMPARE.same}
          </Button>
        )}
      </DialogButtons>
    </Dialog>
  );
}
