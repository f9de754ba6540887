// Asks before a provider is deleted.
import { useState } from "react";
import { refusalOf, useChange } from "../../graphql/change";
import { Button } from "../../ui/Button";
import { Dialog, DialogButtons } from "../../ui/Drawer";
import { Notice } from "../../ui/Notice";
import { useSay } from "../../ui/Toast";
import { deleteProvider } from "./query";
import type { Provider } from "./SingleSignOn";
import { REMOVE } from "./words";

interface RemoveDialogProps {
  provider: Provider;
  /** Members cannot sign in otherwise. */
  isRequired: boolean;
  onClose: () => void;
}

export function RemoveDialog({ provider, isRequired, onClose }: RemoveDialogProps) {
  const remove = useChange(deleteProvider, (data) => data.deleteOidcProvider);
  const say = useSay();
  const [refusal, setRefusal] = useState<string>();
  const run = async () => {
    const why = refusalOf(await remove.run({ input: { oidcProviderId: provider.id } }));
    setRefusal(why);
    if (why !== undefined) return;
    say(REMOVE.done);
    onClose();
  };
  return (
    <Dialog title={REMOVE.title(provider.name)} onClose={onClose}>
      <p>{REMOVE.text}</p>
      {isRequired && (
        <Notice tone="wait">
          <p>{REMOVE.required}</p>
        </Notice>
      )}
      {refusal !== undefined && (
        <Notice tone="bad" isUrgent>
          <p>{refusal}</p>
        </Notice>
      )}
      <DialogButtons>
        <Button look="quiet" onClick={onClose}>
          {REMOVE.cancel}
        </Button>
        <Button look="danger" busy={remove.isRunning} onClick={run}>
          {REMOVE.go}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
