"""Every table in one place, for migrations and for the catalogue test."""

from domain.model.access_token import AccessTokenTable, IdempotencyKeyTable
from domain.model.account import AccountMembershipTable, AccountTable
from domain.model.audit_event import AuditEventTable, AuditHeadTable
from domain.model.audit_verification import AuditVerificationTable
from domain.model.base import metadata
from domain.model.bulk_operation import BulkOperationItemTable, BulkOperationTable
from domain.model.deprovision_guard import (
    CountedDeprovisioningTable,
    DeprovisionGuardTable,
    HeldDeprovisioningTable,
)
from domain.model.group import GroupChangeTable, GroupMemberTable, GroupTable
from domain.model.invitation import InvitationTable
from domain.model.mail import MailTable
from domain.model.member_counts import MemberCountsTable
from domain.model.member_tables import MemberEmailTable, MemberTable
from domain.model.oidc_provider import OidcProviderTable
from domain.model.organization import OrganizationTable
from domain.model.provisioning_request import ProvisioningHeadTable, ProvisioningRequestTable
from domain.model.released_name import ReleasedNameTable
from domain.model.scim_connection import ScimConnectionTable, ScimCredentialTable
from domain.model.session import SessionTable, SignInLinkTable

GLOBAL_TABLES = frozenset(
    {
        "organizations",
        "accounts",
        "account_memberships",
        "sessions",
        "sign_in_links",
        "oidc_providers",
        "access_tokens",
        "idempotency_keys",
    }
)

__all__ = [
    "GLOBAL_TABLES",
    "AccessTokenTable",
    "AccountMembershipTable",
    "AccountTable",
    "AuditEventTable",
    "AuditHeadTable",
    "AuditVerificationTable",
    "BulkOperationItemTable",
    "BulkOperationTable",
    "CountedDeprovisioningTable",
    "DeprovisionGuardTable",
    "GroupChangeTable",
    "GroupMemberTable",
    "GroupTable",
    "HeldDeprovisioningTable",
    "IdempotencyKeyTable",
    "InvitationTable",
    "MailTable",
    "MemberCountsTable",
    "MemberEmailTable",
    "MemberTable",
    "OidcProviderTable",
    "OrganizationTable",
    "ProvisioningHeadTable",
    "ProvisioningRequestTable",
    "ReleasedNameTable",
    "ScimConnectionTable",
    "ScimCredentialTable",
    "SessionTable",
    "SignInLinkTable",
    "metadata",
]
