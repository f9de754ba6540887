// What the list of groups and the drawer of one ask for, and what can be done to them.
import { graphql } from "../../graphql/graphql";

export const groupsQuery = graphql(`
  query Groups(
    $slug: String!, $filter: GroupFilter!, $first: Int, $after: String, $last: Int, $before: String
  ) {
    organization(by: { slug: $slug }) {
      id
      groups(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes { id displayName source memberCount updatedAt }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`);

export const groupQuery = graphql(`
  query Group(
    $slug: String!, $id: ID!, $first: Int, $after: String, $last: Int, $before: String,
    $members: Boolean!, $audit: Boolean!
  ) {
    organization(by: { slug: $slug }) {
      id
      group(by: { id: $id }) {
        id
        version
        displayName
        externalId
        source
        createdAt
        updatedAt
        memberCount
        members(first: $first, after: $after, last: $last, before: $before) @include(if: $members) {
          nodes { id userName displayName status }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
        auditEvents(first: 20) @include(if: $audit) {
          nodes {
            id summary occurredAt origin
            changes { attribute before after }
          }
        }
      }
    }
  }
`);

/** One member by e-mail, to be put into a group. */
export const memberByEmail = graphql(`
  query MemberByEmail($slug: String!, $email: String!) {
    organization(by: { slug: $slug }) { id member(by: { email: $email }) { id userName } }
  }
`);

export const createGroup = graphql(`
  mutation CreateGroup($input: CreateGroupInput!) {
    createGroup(input: $input) { changed errors { code message path } group { id } }
  }
`);

export const updateGroup = graphql(`
  mutation UpdateGroup($input: UpdateGroupInput!) {
    updateGroup(input: $input) { changed errors { code message path } group { id version } }
  }
`);

export const deleteGroup = graphql(`
  mutation DeleteGroup($input: DeleteGroupInput!) {
    deleteGroup(input: $input) { changed errors { code message path } deletedGroupId }
  }
`);

export const changeGroupMembers = graphql(`
  mutation ChangeGroupMembers($input: ChangeGroupMembersInput!) {
    changeGroupMembers(input: $input) {
      changed
      errors { code message path }
      added
      removed
      group { id version }
    }
  }
`);
