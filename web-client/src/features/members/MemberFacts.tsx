// The attributes of a member, as they stand and as the provider sent them.
import type { ResultOf } from "../../graphql/graphql";
import { Facts } from "../../ui/Facts";
import { Body } from "../../ui/JsonDiff";
import { When } from "../../ui/When";
import { MEMBER_STATUS, SOURCE } from "../../words";
import type { memberQuery } from "./queries";

export type MemberShown = NonNullable<
  NonNullable<ResultOf<typeof memberQuery>["organization"]>["member"]
>;

const when = (at: string | null) => at && <When at={at} />;

export function MemberFacts({ member }: { member: MemberShown }) {
  const name = [member.givenName, member.familyName].filter(Boolean).join(" ");
  const profile = Object.keys(member.profile ?? {});
  return (
    <>
      <Facts
        facts={[
          ["User name", member.userName],
          ["E-mail", member.email],
          ["Display name", member.displayName],
          ...(name === "" ? [] : [["Given and family name", name] as const]),
          ["External id", member.externalId && <code>{member.externalId}</code>],
          ["Id in SCIM", <code key="scim">{member.scimId}</code>],
          ["Came by", SOURCE[member.source]],
          ["Since", when(member.createdAt)],
          ["Invited", when(member.invitedAt)],
          ["Accepted", when(member.acceptedAt)],
          ["Confirmed", when(member.confirmedAt)],
          ...(member.revokedAt === null
            ? []
            : ([
                ["Revoked", when(member.revokedAt)],
                ["Reason", member.revocationReason],
                [
                  "A restore leads to",
                  member.statusBeforeRevocation && MEMBER_STATUS[member.statusBeforeRevocation][0],
                ],
              ] as const)),
          ...(member.role === "CUSTOM"
            ? [["Permissions", member.permissions.join(", ")] as const]
            : []),
        ]}
      />
      {profile.length > 0 && (
        <Body
          title="Further attributes, as the provider sent them"
          text={JSON.stringify(member.profile)}
          instead=""
        />
      )}
    </>
  );
}
