// Asks before many are confirmed, and says what is given up.
import { Button } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { ALL } from "./words";

interface AskAllProps {
  count: number;
  sharesKeys: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function AskAll({ count, sharesKeys, onConfirm, onClose }: AskAllProps) {
  return (
    <Dialog title={ALL.title(count)} onClose={onClose}>
      <p>{sharesKeys ? ALL.keys : ALL.plain}</p>
      <DialogButtons>
        <Button look="quiet" onClick={onClose}>
          {ALL.cancel}
        </Button>
        <Button look="primary" onClick={onConfirm}>
          {ALL.go}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
