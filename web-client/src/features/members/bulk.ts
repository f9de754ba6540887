// What can be done to many members at once: to those selected, or to all that a filter selects.
import { graphql } from "../../graphql/graphql";

export const inviteStaged = graphql(`
  mutation InviteStaged($input: BulkMembersInput!) {
    bulk: inviteStagedMembers(input: $input) {
      changed
      errors { code message path }
      summary { changed unchanged failed }
      results { memberId errors { code message path } }
    }
  }
`);

export const bulkReinvite = graphql(`
  mutation BulkReinvite($input: BulkMembersInput!) {
    bulk: bulkReinviteMembers(input: $input) {
      changed
      errors { code message path }
      summary { changed unchanged failed }
      results { memberId errors { code message path } }
    }
  }
`);

export const bulkRevoke = graphql(`
  mutation BulkRevoke($input: BulkMembersInput!) {
    bulk: bulkRevokeMembers(input: $input) {
      changed
      errors { code message path }
      summary { changed unchanged failed }
      results { memberId errors { code message path } }
    }
  }
`);

export const bulkRestore = graphql(`
  mutation BulkRestore($input: BulkMembersInput!) {
    bulk: bulkRestoreMembers(input: $input) {
      changed
      errors { code message path }
      summary { changed unchanged failed }
      results { memberId errors { code message path } }
    }
  }
`);

export const bulkRemove = graphql(`
  mutation BulkRemove($input: BulkMembersInput!) {
    bulk: bulkRemoveMembers(input: $input) {
      changed
      errors { code message path }
      summary { changed unchanged failed }
      results { memberId errors { code message path } }
    }
  }
`);

export const startBulkOperation = graphql(`
  mutation StartBulkOperation($input: StartBulkOperationInput!) {
    startBulkOperation(input: $input) {
      changed
      errors { code message path }
      bulkOperation { id total }
    }
  }
`);

export const cancelBulkOperation = graphql(`
  mutation CancelBulkOperation($input: CancelBulkOperationInput!) {
    cancelBulkOperation(input: $input) { changed errors { code message path } }
  }
`);

export const bulkProgress = graphql(`
  subscription BulkProgress($id: ID!) {
    bulkOperation(id: $id) {
      id
      state
      total
      summary { changed unchanged failed }
      failureReason
      failures(first: 20) {
        nodes { memberId member { id userName } errors { code message path } }
      }
    }
  }
`);
