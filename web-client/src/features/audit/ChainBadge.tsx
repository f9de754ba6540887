// Whether the history is as it was written.
import { Notice } from "../../ui/Notice";
import { StatusBadge } from "../../ui/StatusBadge";
import { When } from "../../ui/When";
import styles from "./Audit.module.css";

interface Chain {
  position: number;
  verifiedThrough: number;
  verifiedAt: string | null;
  brokenAt: number | null;
}

export function ChainBadge({ chain }: { chain: Chain }) {
  if (chain.brokenAt !== null) {
    return (
      <Notice tone="bad" title={`The history was changed at event ${chain.brokenAt}`} isUrgent>
        <p>
          From this event on it does not fit its hashes: somebody changed, removed or added
          something in the database. On the server, <code>rollcall audit verify</code> says which
          event, and what was expected there.
        </p>
      </Notice>
    );
  }
  return (
    <p className={styles.chain}>
      {chain.verifiedAt === null ? (
        <StatusBadge shape="box" tone="calm">
          Not verified yet
        </StatusBadge>
      ) : (
        <>
          <StatusBadge shape="tick" tone="good">
            Verified
          </StatusBadge>{" "}
          up to event {chain.verifiedThrough.toLocaleString("en")} of{" "}
          {chain.position.toLocaleString("en")}, <When at={chain.verifiedAt} />
        </>
      )}
    </p>
  );
}
