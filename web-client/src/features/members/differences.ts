// What somebody else changed of a member since it was shown.

import type { Difference } from "../../ui/Conflict";
import { MEMBER_STATUS, ROLE } from "../../words";
import type { MemberShown } from "./MemberFacts";

const COMPARED = [
  ["Status", (member: MemberShown) => MEMBER_STATUS[member.status][0]],
  ["Role", (member: MemberShown) => ROLE[member.role]],
  ["Display name", (member: MemberShown) => member.displayName ?? "none"],
  ["E-mail", (member: MemberShown) => member.email ?? "none"],
  ["External id", (member: MemberShown) => member.externalId ?? "none"],
] as const;

/** Each attribute that differs now from what was seen; `wanted` is what the reader asked for. */
export function differencesOf(
  seen: MemberShown,
  now: MemberShown,
  wanted: string,
): readonly Difference[] {
  const found = COMPARED.filter(([, read]) => read(seen) !== read(now)).map(([name, read]) => ({
    name,
    theirs: read(now),
    yours: `${wanted} (you saw ${read(seen)})`,
  }));
  if (found.length > 0) return found;
  return [{ name: "Something else", theirs: `Version ${now.version}`, yours: wanted }];
}
