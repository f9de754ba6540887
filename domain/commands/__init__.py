"""Everything that can be asked of the domain to change, one family a file.

Importing this package registers every handler with the application.
"""

from domain.commands.account_keys import SetAccountKeys
from domain.commands.bulk_operations import (
    CancelBulkOperation,
    StartBulkOperation,
    StartedBulkOperation,
)
from domain.commands.bulk_work import CarryOutBulkItem, FailBulkItem, SettleBulkOperation
from domain.commands.confirmation import ConfirmMember
from domain.commands.deprovision_guard import CarryOutReleased, ResolveDeprovisionGuard
from domain.commands.groups import (
    NESTED_GROUPS,
    UNKNOWN_MEMBERS,
    CreateGroup,
    DeleteGroup,
    GroupResult,
    ReviseGroup,
)
from domain.commands.idempotency import Once, Replayed
from domain.commands.invitations import (
    Accepted,
    AcceptInvitation,
    RequestNewInvitationLink,
)
from domain.commands.keep import KEEP, Keep
from domain.commands.lifecycle import (
    ChangeMemberRole,
    InviteMember,
    InviteStagedMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevokeMember,
)
from domain.commands.member_updates import UpdateMember
from domain.commands.oidc_providers import (
    CreateOidcProvider,
    DeleteOidcProvider,
    UpdateOidcProvider,
    client_secret_purpose,
)
from domain.commands.organization_keys import CreateOrganizationKey, RotateOrganizationKey
from domain.commands.organizations import CreateOrganization, UpdateOrganization
from domain.commands.provisioning import (
    MemberEdit,
    ProvisionMember,
    RevisedMember,
    RevisedState,
    ReviseMember,
)
from domain.commands.scim_connections import (
    DisableScim,
    EnableScim,
    NoteRejectedCalls,
    UpdateScimConnection,
)
from domain.commands.scim_credentials import (
    CreateScimCredential,
    IssuedCredential,
    RevokeScimCredential,
    RotateScimApiKey,
)
from domain.commands.sessions import EndSession
from domain.commands.sign_in import IssueSignInLink, RedeemSignInLink, RequestSignInLink
from domain.commands.single_sign_on import SignInByOidc, provider_caller
from domain.commands.tokens import CreateAccessToken, IssuedToken, RevokeAccessToken
from domain.commands.workload_identities import CreateWorkloadIdentity
from domain.model.attributes import MemberAttributes, is_email
from domain.model.changes import Change
from domain.model.deprovision_guard import DeprovisionLimit
from domain.model.group import EditKind, Group, MembershipEdit
from domain.model.member import Member
from domain.model.workload_identity import WorkloadIdentity

__all__ = [
    "KEEP",
    "NESTED_GROUPS",
    "UNKNOWN_MEMBERS",
    "AcceptInvitation",
    "Accepted",
    "CancelBulkOperation",
    "CarryOutBulkItem",
    "CarryOutReleased",
    "Change",
    "ChangeMemberRole",
    "ConfirmMember",
    "CreateAccessToken",
    "CreateGroup",
    "CreateOidcProvider",
    "CreateOrganization",
    "CreateOrganizationKey",
    "CreateScimCredential",
    "CreateWorkloadIdentity",
    "DeleteGroup",
    "DeleteOidcProvider",
    "DeprovisionLimit",
    "DisableScim",
    "EditKind",
    "EnableScim",
    "EndSession",
    "FailBulkItem",
    "Group",
    "GroupResult",
    "InviteMember",
    "InviteStagedMember",
    "IssueSignInLink",
    "IssuedCredential",
    "IssuedToken",
    "Keep",
    "Member",
    "MemberAttributes",
    "MemberEdit",
    "MembershipEdit",
    "NoteRejectedCalls",
    "Once",
    "ProvisionMember",
    "RedeemSignInLink",
    "ReinviteMember",
    "RemoveMember",
    "Replayed",
    "RequestNewInvitationLink",
    "RequestSignInLink",
    "ResolveDeprovisionGuard",
    "RestoreMember",
    "ReviseGroup",
    "ReviseMember",
    "RevisedMember",
    "RevisedState",
    "RevokeAccessToken",
    "RevokeMember",
    "RevokeScimCredential",
    "RotateOrganizationKey",
    "RotateScimApiKey",
    "SetAccountKeys",
    "SettleBulkOperation",
    "SignInByOidc",
    "StartBulkOperation",
    "StartedBulkOperation",
    "UpdateMember",
    "UpdateOidcProvider",
    "UpdateOrganization",
    "UpdateScimConnection",
    "WorkloadIdentity",
    "client_secret_purpose",
    "is_email",
    "provider_caller",
]
