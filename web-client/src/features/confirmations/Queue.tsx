// Those who wait, with what can be done for one, for some and for all of them.
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ResultOf } from "../../graphql/graphql";
import { pagesBeside } from "../../graphql/page";
import { useSession } from "../../graphql/session";
import type { RowResult } from "../../handshake/confirming";
import { holderIn } from "../../handshake/holder";
import { Lacking } from "../../handshake/Lacking";
import { RunPanel } from "../../handshake/RunPanel";
import { useConfirming, waitingMember } from "../../handshake/useConfirming";
import { useKey } from "../../handshake/useKey";
import { BulkBar } from "../../ui/BulkBar";
import { Button, buttonClass } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { Pager } from "../../ui/Pager";
import { Empty } from "../../ui/states";
import { useSay } from "../../ui/Toast";
import { AskAll } from "./AskAll";
import { CompareDialog } from "./CompareDialog";
import { QueueRows } from "./QueueRows";
import type { confirmationsQuery } from "./query";
import type { filterOf } from "./search";
import { EMPTY, MAY_NOT, QUEUE } from "./words";

type Found = ResultOf<typeof confirmationsQuery>;
type Organization = NonNullable<Found["organization"]>;
export type Row = Organization["pendingConfirmations"]["nodes"][number];

interface QueueProps {
  organization: Organization;
  viewer: Found["viewer"];
  filter: ReturnType<typeof filterOf>;
  onAgain: () => void;
}

/** The row that is looked at, with the key that its words were made of. */
interface Compared {
  memberId: string;
  publicKey: unknown;
}

export function Queue({ organization, viewer, filter, onAgain }: QueueProps) {
  const { organization: place, scopes } = useSession();
  const navigate = useNavigate({ from: "/o/$organization/confirmations" });
  const say = useSay();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [compared, setCompared] = useState<Compared>();
  const [asksAll, setAsksAll] = useState(false);
  const { nodes, pageInfo, totalCount } = organization.pendingConfirmations;
  const sharesKeys = organization.keyHandshake === "REQUIRED";
  const holder = holderIn(viewer, place.slug);
  const key = useKey(sharesKeys ? holder : undefined);
  const confirming = useConfirming(organization.id, place.slug, onAgain);
  const isBusy = confirming.run?.isRunning ?? false;
  const mayConfirm = scopes.has("MEMBERS_CONFIRM");
  const canConfirm = mayConfirm && key.lack === undefined;

  const tell = (row: Row, [result]: readonly RowResult[]) => {
    if (result === undefined) return;
    if (result.outcome === "refused") {
      if (result.code === "KEY_MISMATCH") setCompared(comparedOf(row));
      return;
    }
    confirming.clear();
    say(
      result.outcome === "confirmed" ? QUEUE.confirmed(result.name) : QUEUE.unchanged(result.name),
    );
  };
  const confirmOne = (row: Row) => {
    setCompared(undefined);
    key.with(async (opened) => tell(row, await confirming.these([waitingMember(row)], opened)));
  };
  const confirmSelected = () => {
    const rows = nodes.filter(({ member }) => selected.has(member.id));
    key.with(async (opened) => {
      await confirming.these(rows.map(waitingMember), opened);
      setSelected(new Set());
    });
  };
  const confirmAll = () => {
    setAsksAll(false);
    key.with((opened) => confirming.all(filter, totalCount, opened));
  };

  const row = nodes.find(({ member }) => member.id === compared?.memberId);
  const { previous, next } = pagesBeside(pageInfo);
  const go = (cursors: typeof previous) =>
    cursors &&
    (() =>
      navigate({
        to: "/o/$organization/confirmations",
        search: ({ after: _, before: __, ...kept }) => ({ ...kept, ...cursors }),
      }));
  return (
    <>
      {!mayConfirm && (
        <Notice tone="wait">
          <p>
            {MAY_NOT} <code>MEMBERS_CONFIRM</code>.
          </p>
        </Notice>
      )}
      {mayConfirm && key.lack !== undefined && nodes.length > 0 && <Lacking lack={key.lack} />}
      {key.problem}
      {confirming.run !== undefined && (
        <RunPanel run={confirming.run} onStop={confirming.stop} onClear={confirming.clear} />
      )}
      {nodes.length === 0 ? (
        <Nobody isFiltered={filter !== null} slug={place.slug} />
      ) : (
        <>
          <QueueRows
            rows={nodes}
            sharesKeys={sharesKeys}
            isBusy={isBusy}
            onCompare={(one) => setCompared(comparedOf(one))}
            {...(canConfirm && {
              onConfirm: confirmOne,
              selection: { selected, onChange: setSelected },
            })}
          />
          <Pager label={QUEUE.pages} onPrevious={go(previous)} onNext={go(next)}>
            {QUEUE.waiting(totalCount)}
          </Pager>
          {canConfirm && selected.size === 0 && (
            <p>
              <Button busy={isBusy} onClick={() => setAsksAll(true)}>
                {QUEUE.confirmAll(totalCount)}
              </Button>
            </p>
          )}
          <BulkBar count={selected.size} onClear={() => setSelected(new Set())}>
            <Button look="primary" busy={isBusy} onClick={confirmSelected}>
              {QUEUE.confirmSelected}
            </Button>
          </BulkBar>
        </>
      )}
      {row !== undefined && compared !== undefined && (
        <CompareDialog
          row={row}
          comparedKey={compared.publicKey}
          onClose={() => setCompared(undefined)}
          {...(canConfirm && { onConfirm: () => confirmOne(row) })}
        />
      )}
      {asksAll && (
        <AskAll
          count={totalCount}
          sharesKeys={sharesKeys}
          onConfirm={confirmAll}
          onClose={() => setAsksAll(false)}
        />
      )}
      {key.dialog}
    </>
  );
}

function comparedOf({ member, publicKey }: Row): Compared {
  return { memberId: member.id, publicKey };
}

function Nobody({ isFiltered, slug }: { isFiltered: boolean; slug: string }) {
  const params = { organization: slug };
  return isFiltered ? (
    <Empty title={EMPTY.filteredTitle}>
      <p>{EMPTY.filtered}</p>
      <Link to="/o/$organization/confirmations" params={params} className={buttonClass()}>
        {EMPTY.clear}
      </Link>
    </Empty>
  ) : (
    <Empty title={EMPTY.title}>
      <p>{EMPTY.text}</p>
      <Link to="/o/$organization/members" params={params} className={buttonClass()}>
        {EMPTY.members}
      </Link>
    </Empty>
  );
}
