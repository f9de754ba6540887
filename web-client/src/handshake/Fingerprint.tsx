// Six words of a key, worked out in this browser and shown when they are there.
import { Suspense, use } from "react";
import type { KeyPair } from "../keys/accountKeys";
import { memberFingerprint, organizationFingerprint } from "../keys/fingerprint";
import { unwrap } from "../keys/organizationKey";
import { SixWords } from "../ui/SixWords";
import { Skeleton } from "../ui/states";

interface MemberWordsProps {
  label: string;
  /** Thumbprint of the member's public key. */
  kid: string;
  memberUuid: string;
}

// A promise is made once for what it is about: drawing a page again waits for nothing.
const memberWords = new Map<string, Promise<string>>();

/** The words of a member's key. */
export function MemberWords({ label, kid, memberUuid }: MemberWordsProps) {
  const words = made(memberWords, `${kid} ${memberUuid}`, () => memberFingerprint(kid, memberUuid));
  return <Shown label={label} words={words} />;
}

interface OrganizationWordsProps {
  label: string;
  pair: KeyPair;
  wrapped: string;
  organizationUuid: string;
  /** What to say where the wrapped key does not open. */
  closed: string;
}

const organizationWords = new WeakMap<KeyPair, Map<string, Promise<string>>>();

/** The words of the organization's key, which the pair opens. */
export function OrganizationWords(props: OrganizationWordsProps) {
  const { label, pair, wrapped, organizationUuid, closed } = props;
  const known = organizationWords.get(pair) ?? new Map<string, Promise<string>>();
  organizationWords.set(pair, known);
  const words = made(known, wrapped, async () => {
    try {
      return await organizationFingerprint(await unwrap(wrapped, pair, organizationUuid));
    } catch {
      return "";
    }
  });
  return <Shown label={label} words={words} closed={closed} />;
}

function Shown(props: { label: string; words: Promise<string>; closed?: string }) {
  return (
    <Suspense fallback={<Skeleton lines={2} label={`Working out: ${props.label} …`} />}>
      <Worked {...props} />
    </Suspense>
  );
}

function Worked({ label, words, closed }: Parameters<typeof Shown>[0]) {
  const found = use(words);
  return found === "" ? <p>{closed}</p> : <SixWords label={label} words={found} />;
}

function made(known: Map<string, Promise<string>>, about: string, make: () => Promise<string>) {
  const found = known.get(about) ?? make();
  known.set(about, found);
  return found;
}
