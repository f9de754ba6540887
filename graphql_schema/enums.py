"""The domain's words as GraphQL enums, with what each word means."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

import strawberry

from domain.queries.scim_connections import ScimHealth
from domain.vocabulary import (
    BulkOperationState,
    CredentialKind,
    GuardResolution,
    GuardState,
    IdentityProvider,
    InvitationState,
    KeyHandshake,
    KeyState,
    LinkProblem,
    MailKind,
    MemberAction,
    MemberRole,
    MemberStatus,
    OmittedGroupMembers,
    OnProvision,
    Origin,
    PatchResponse,
    ProvisioningOutcome,
    ProvisioningSource,
    Rehire,
    ScimOperation,
    ScimResourceType,
    Scope,
    SignInMethod,
)

Words = TypeVar("Words", bound=type[Enum])


def _shown(
    words: Words, description: str | None = None, *, name: str | None = None, **meanings: str
) -> Words:
    """Make a GraphQL enum of `words`; `meanings` describe single values."""
    strawberry.enum(words, name=name, description=description)
    definition: Any = words.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = meanings.get(value.name)
    return words


class OrderDirection(Enum):
    """Which end of an order comes first."""

    ASC = "ASC"
    DESC = "DESC"


class MemberOrderField(Enum):
    """What members can be ordered by; members without the value come last."""

    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    EMAIL = "EMAIL"
    ACCEPTED_AT = "ACCEPTED_AT"


class GroupOrderField(Enum):
    """What groups can be ordered by."""

    DISPLAY_NAME = "DISPLAY_NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


class OrganizationOrderField(Enum):
    """What organizations can be ordered by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"


class ConfirmationReason(Enum):
    """Why a member waits for an administrator."""

    ACCEPTED = "ACCEPTED"
    REWRAP = "REWRAP"


class UserErrorCode(Enum):
    """Why something was refused; stable, to be acted on by programs."""

    NOT_FOUND = "NOT_FOUND"
    INVALID = "INVALID"
    TAKEN = "TAKEN"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    INVALID_TRANSITION = "INVALID_TRANSITION"
    LAST_OWNER = "LAST_OWNER"
    MANAGED_BY_IDP = "MANAGED_BY_IDP"
    KEY_REQUIRED = "KEY_REQUIRED"
    KEY_MISMATCH = "KEY_MISMATCH"
    LINK_VOID = "LINK_VOID"
    SIGN_IN_REQUIRED = "SIGN_IN_REQUIRED"
    SEAT_LIMIT = "SEAT_LIMIT"
    POLICY = "POLICY"
    SELF_ACTION = "SELF_ACTION"
    FORBIDDEN = "FORBIDDEN"
    TOO_MANY = "TOO_MANY"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    SCIM_DISABLED = "SCIM_DISABLED"
    DEPROVISION_HELD = "DEPROVISION_HELD"
    INTERNAL = "INTERNAL"


_shown(OrderDirection)
_shown(MemberOrderField, MemberOrderField.__doc__)
_shown(GroupOrderField)
_shown(OrganizationOrderField)
_shown(
    ConfirmationReason,
    ACCEPTED="A new member.",
    REWRAP="A confirmed member whose wrapped key is not current.",
)
_shown(UserErrorCode, UserErrorCode.__doc__)
_shown(
    MemberStatus,
    STAGED="Provisioned without an invitation: no mail, no seat.",
    INVITED="Provisioned and invited; not yet linked to a person's account.",
    ACCEPTED="The person accepted; waits for an administrator.",
    CONFIRMED="Full member.",
    REVOKED="Access withdrawn; `statusBeforeRevocation` says what a restore returns to.",
)
_shown(
    BulkOperationState,
    QUEUED="Waits for its turn: operations of one organization run one after the other.",
    FINISHED="Every member had its turn; `failures` says who could not be done.",
    CANCELLED="Stopped before the end.",
    FAILED="Ended early: whoever started it lost the right to.",
)
_shown(MemberRole)
_shown(MemberAction)
_shown(ProvisioningSource)
_shown(Origin, "By which way a change came.", name="AuditOrigin")
_shown(IdentityProvider)
_shown(
    KeyHandshake,
    REQUIRED="Confirming hands over the organization key, wrapped for the member.",
    OFF="Confirming is an approval only.",
)
_shown(
    KeyState,
    "Whether a confirmed member holds the organization key as it now is.",
    MISSING="None was ever wrapped for the member.",
    STALE="What is wrapped is of an older key, or for an older key pair of the member.",
    CURRENT="The member can open it.",
)
_shown(
    MailKind,
    "What a mail tells, or asks for.",
    INVITATION="To whoever is invited, with the link to accept.",
    REMINDER="The same link again, once, to whoever has not used it.",
    CONFIRMABLE="To those who may confirm: how many people wait.",
    CONFIRMED="To a member who was confirmed.",
    ACCESS_REVOKED="To a member whose access has ended.",
    SIGN_IN="With a link to sign in, to whoever asked for it.",
)
_shown(
    LinkProblem,
    "Why an invitation's link does not work.",
    EXPIRED="It was not used in time, or its mail could not be delivered; ask for a new one.",
    USED="The invitation was accepted; sign in.",
    REPLACED="A newer link was sent.",
    REVOKED="Access was withdrawn.",
    ADDRESS_CHANGED="It was sent to an address that is no longer the person's.",
    WRONG_ACCOUNT="The caller is signed in to an account of another address; sign out first.",
)
_shown(
    SignInMethod,
    "By which way a session began.",
    LINK="By a link that was sent by e-mail.",
    OIDC="By the identity provider of an organization.",
    INVITATION="By accepting an invitation.",
)
_shown(OnProvision, "What a newly provisioned person gets.")
_shown(Rehire, "What a POST of a revoked member's userName does.")
_shown(OmittedGroupMembers, "What a replaced group without a member list means.")
_shown(PatchResponse, "What a PATCH answers.")
_shown(
    GuardState,
    WATCHING="Counts what the identity provider takes away.",
    HOLDING="It was too much: every further revocation and removal waits for a decision.",
)
_shown(
    GuardResolution,
    RELEASE="All that is held is carried out, and counting begins anew.",
    REFUSE="All that is held is dropped; what is sent again within the hour is held again.",
)
_shown(
    CredentialKind,
    "What a SCIM client signs in with.",
    API_KEY="A bearer key.",
    OAUTH_CLIENT="Client credentials: id and secret.",
    WORKLOAD_IDENTITY="Client credentials: id and a signed assertion, no secret.",
    name="ScimCredentialKind",
)
_shown(InvitationState)
_shown(ScimOperation)
_shown(ScimResourceType)
_shown(
    ProvisioningOutcome,
    APPLIED="2xx and something changed.",
    UNCHANGED="2xx and nothing changed: the identity provider repeated itself.",
    REJECTED="4xx.",
    FAILED="5xx.",
)
_shown(
    ScimHealth,
    "What an operator looks at first.",
    FAILING="The last request met an error.",
    SILENT="No request for three days.",
)
_shown(
    Scope,
    "What a caller may do.",
    PROVISIONING_READ_BODIES="Includes request and response bodies of the SCIM log.",
)

__all__ = [
    "BulkOperationState",
    "ConfirmationReason",
    "CredentialKind",
    "GroupOrderField",
    "GuardResolution",
    "GuardState",
    "IdentityProvider",
    "InvitationState",
    "KeyHandshake",
    "KeyState",
    "LinkProblem",
    "MailKind",
    "MemberAction",
    "MemberOrderField",
    "MemberRole",
    "MemberStatus",
    "OmittedGroupMembers",
    "OnProvision",
    "OrderDirection",
    "OrganizationOrderField",
    "Origin",
    "PatchResponse",
    "ProvisioningOutcome",
    "ProvisioningSource",
    "Rehire",
    "ScimHealth",
    "ScimOperation",
    "ScimResourceType",
    "Scope",
    "SignInMethod",
    "UserErrorCode",
]
