"""The roots of what can be changed."""

from __future__ import annotations

import strawberry

from graphql_schema.mutations.accepting import AcceptingMutations
from graphql_schema.mutations.account_keys import AccountKeyMutations
from graphql_schema.mutations.bulk import BulkMutations
from graphql_schema.mutations.bulk_operations import BulkOperationMutations
from graphql_schema.mutations.groups import GroupMutations
from graphql_schema.mutations.invitations import InvitationMutations
from graphql_schema.mutations.members import MemberMutations
from graphql_schema.mutations.oidc_providers import OidcProviderMutations
from graphql_schema.mutations.organization_keys import OrganizationKeyMutations
from graphql_schema.mutations.organizations import OrganizationMutations
from graphql_schema.mutations.scim import ScimMutations
from graphql_schema.mutations.scim_keys import ScimKeyMutations
from graphql_schema.mutations.sessions import SessionMutations
from graphql_schema.mutations.sign_in import SignInMutations
from graphql_schema.mutations.tokens import TokenMutations


@strawberry.type
class Mutation(
    AccountKeyMutations,
    TokenMutations,
    OrganizationMutations,
    OidcProviderMutations,
    OrganizationKeyMutations,
    ScimMutations,
    ScimKeyMutations,
    GroupMutations,
    BulkOperationMutations,
    BulkMutations,
    MemberMutations,
    InvitationMutations,
    SignInMutations,
    AcceptingMutations,
    SessionMutations,
):
    pass
