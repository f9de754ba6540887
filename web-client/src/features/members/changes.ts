// What can be done to members, as mutations.
import { graphql } from "../../graphql/graphql";

export const inviteMember = graphql(`
  mutation InviteMember($input: InviteMemberInput!) {
    inviteMember(input: $input) {
      changed
      errors { code message path }
      member { id email }
    }
  }
`);

export const updateMember = graphql(`
  mutation UpdateMember($input: UpdateMemberInput!) {
    updateMember(input: $input) { changed errors { code message path } member { id version } }
  }
`);

export const changeMemberRole = graphql(`
  mutation ChangeMemberRole($input: ChangeMemberRoleInput!) {
    changeMemberRole(input: $input) { changed errors { code message path } member { id version } }
  }
`);

export const reinviteMember = graphql(`
  mutation ReinviteMember($input: ReinviteMemberInput!) {
    reinviteMember(input: $input) { changed errors { code message path } member { id version } }
  }
`);

export const revokeMember = graphql(`
  mutation RevokeMember($input: RevokeMemberInput!) {
    revokeMember(input: $input) { changed errors { code message path } member { id version } }
  }
`);

export const restoreMember = graphql(`
  mutation RestoreMember($input: RestoreMemberInput!) {
    restoreMember(input: $input) { changed errors { code message path } member { id version } }
  }
`);

export const removeMember = graphql(`
  mutation RemoveMember($input: RemoveMemberInput!) {
    removeMember(input: $input) { changed errors { code message path } removedMemberId }
  }
`);
