// Confirms one member or many: wraps the key for each, and tells what came of each.
import { readPublicKey } from "../keys/accountKeys";
import { type OrganizationKey, wrap } from "../keys/organizationKey";

/** How many are sent in one call: few enough that progress is seen, far under the server's 500. */
export const PART = 25;

export interface WaitingMember {
  memberId: string;
  name: string;
  /** JWK; null while the member has none. */
  publicKey: unknown;
}

export interface Item {
  memberId: string;
  wrappedOrganizationKey?: string;
  publicKeyThumbprint?: string;
}

export interface RowResult {
  memberId: string;
  name: string;
  outcome: "confirmed" | "unchanged" | "refused";
  code?: string;
  why?: string;
}

interface Answered {
  memberId: string;
  changed: boolean;
  errors: readonly { code: string; message: string }[];
}

/** Where the members come from, and where they are confirmed. */
export interface Desk {
  /** The next ones that wait; the cursor is null when these are the last. */
  next: (after: string | null) => Promise<{ waiting: WaitingMember[]; cursor: string | null }>;
  /** Throws when the call as a whole came to nothing. */
  confirm: (items: Item[]) => Promise<readonly Answered[]>;
}

/** Confirms those given; without a key where the organization shares none. */
export async function confirmThese(
  waiting: readonly WaitingMember[],
  key: OrganizationKey | undefined,
  confirm: Desk["confirm"],
  onResults: (results: RowResult[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (let start = 0; start < waiting.length && !signal?.aborted; start += PART) {
    const part = waiting.slice(start, start + PART);
    const prepared = await Promise.all(part.map((one) => prepare(one, key)));
    const items = prepared.flatMap((one) => ("item" in one ? [one.item] : []));
    const answers = items.length === 0 ? [] : await confirm(items);
    const answered = new Map(answers.map((answer) => [answer.memberId, answer]));
    onResults(
      prepared.map((one, place) => {
        if ("result" in one) return one.result;
        const { memberId, name } = part[place] ?? { memberId: "", name: "" };
        return resultOf(memberId, name, answered.get(memberId));
      }),
    );
  }
}

/** Confirms all that wait, page after page. Whoever is refused stays, and is passed over. */
export async function confirmAll(
  desk: Desk,
  key: OrganizationKey | undefined,
  onResults: (results: RowResult[]) => void,
  signal: AbortSignal,
): Promise<void> {
  let after: string | null = null;
  do {
    const { waiting, cursor } = await desk.next(after);
    await confirmThese(waiting, key, desk.confirm, onResults, signal);
    after = cursor;
  } while (after !== null && !signal.aborted);
}

async function prepare(
  { memberId, name, publicKey }: WaitingMember,
  key: OrganizationKey | undefined,
): Promise<{ item: Item } | { result: RowResult }> {
  if (key === undefined) return { item: { memberId } };
  if (publicKey === null) {
    const why = "Has no key yet: they set one up under “My membership”.";
    return { result: { memberId, name, outcome: "refused", code: "KEY_REQUIRED", why } };
  }
  const read = await readPublicKey(publicKey);
  const wrappedOrganizationKey = await wrap(key, read);
  return { item: { memberId, wrappedOrganizationKey, publicKeyThumbprint: read.kid } };
}

function resultOf(memberId: string, name: string, answer: Answered | undefined): RowResult {
  if (answer === undefined) {
    return { memberId, name, outcome: "refused", why: "The server did not answer for them." };
  }
  const [error] = answer.errors;
  if (error !== undefined) {
    return { memberId, name, outcome: "refused", code: error.code, why: error.message };
  }
  return { memberId, name, outcome: answer.changed ? "confirmed" : "unchanged" };
}
