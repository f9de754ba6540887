"""What each mutation can answer: the codes of its payload's `errors`, and of a bulk's `results`.

The scenarios beside this file prove each pair, and tests hold the tables to the served schema. The
reference of the admin API is made of them.
"""

from __future__ import annotations

_ID = frozenset({"INVALID", "NOT_FOUND"})
_MEMBER = _ID | {"FORBIDDEN"}
_VERSION = frozenset({"VERSION_CONFLICT"})
_OWNERS = frozenset({"LAST_OWNER", "SELF_ACTION"})
_KEY = frozenset({"KEY_REQUIRED", "KEY_MISMATCH"})
_OF_KEY = _MEMBER | _VERSION | _KEY
_WHOLE = _ID | {"TOO_MANY"}

ERRORS: dict[str, frozenset[str]] = {
    "inviteMember": _MEMBER | {"TAKEN", "SEAT_LIMIT", "MANAGED_BY_IDP", "TOO_MANY"},
    "confirmMember": _MEMBER | _VERSION | _KEY | {"INVALID_TRANSITION", "POLICY"},
    "revokeMember": _MEMBER | _VERSION | _OWNERS,
    "restoreMember": _MEMBER | _VERSION | {"SEAT_LIMIT", "SELF_ACTION", "POLICY"},
    "removeMember": _MEMBER | _VERSION | _OWNERS,
    "updateMember": _MEMBER | _VERSION | {"TAKEN", "MANAGED_BY_IDP"},
    "changeMemberRole": _MEMBER | _VERSION | _OWNERS,
    "reinviteMember": _MEMBER | {"INVALID_TRANSITION", "IDEMPOTENCY_KEY_REUSED"},
    "inviteStagedMembers": _WHOLE,
    "bulkConfirmMembers": _WHOLE,
    "bulkReinviteMembers": _WHOLE,
    "bulkRevokeMembers": _WHOLE,
    "bulkRestoreMembers": _WHOLE,
    "bulkRemoveMembers": _WHOLE,
    "startBulkOperation": _WHOLE | {"KEY_REQUIRED", "IDEMPOTENCY_KEY_REUSED"},
    "cancelBulkOperation": _ID,
    "createGroup": _ID | {"TAKEN", "TOO_MANY"},
    "updateGroup": _ID | _VERSION | {"TAKEN", "MANAGED_BY_IDP"},
    "deleteGroup": _ID | _VERSION,
    "changeGroupMembers": _ID | _VERSION | {"MANAGED_BY_IDP", "TOO_MANY"},
    "enableScim": _ID,
    "disableScim": _ID | {"SCIM_DISABLED"},
    "updateScimConnection": _ID | _VERSION | {"SCIM_DISABLED"},
    "resolveDeprovisionGuard": _ID | {"SCIM_DISABLED"},
    "createScimApiKey": _ID | {"SCIM_DISABLED", "IDEMPOTENCY_KEY_REUSED"},
    "rotateScimApiKey": _ID | {"SCIM_DISABLED", "IDEMPOTENCY_KEY_REUSED"},
    "revokeScimApiKey": _ID,
    "updateOrganization": _ID | _VERSION | {"TAKEN", "KEY_REQUIRED"},
    "createOrganizationKey": _OF_KEY,
    "rotateOrganizationKey": _OF_KEY,
    "setAccountKeys": frozenset({"FORBIDDEN", "INVALID"}),
    "createOidcProvider": _ID | {"TAKEN", "TOO_MANY"},
    "updateOidcProvider": _ID | _VERSION | {"TAKEN"},
    "deleteOidcProvider": _ID,
    "createAccessToken": _ID | {"FORBIDDEN", "IDEMPOTENCY_KEY_REUSED"},
    "revokeAccessToken": _ID,
    "requestSignInLink": frozenset({"INVALID"}),
    "redeemSignInLink": frozenset({"LINK_VOID"}),
    "acceptInvitation": frozenset(
        {"INVALID", "LINK_VOID", "SIGN_IN_REQUIRED", "POLICY", "KEY_REQUIRED"}
    ),
    "requestNewInvitationLink": frozenset(),
    "signOut": frozenset(),
    "endSession": _MEMBER,
}

RESULT_ERRORS: dict[str, frozenset[str]] = {
    "inviteStagedMembers": _MEMBER | {"INVALID_TRANSITION", "SEAT_LIMIT"},
    "bulkConfirmMembers": _MEMBER | _VERSION | _KEY | {"INVALID_TRANSITION", "POLICY"},
    "bulkReinviteMembers": _MEMBER | {"INVALID_TRANSITION"},
    "bulkRevokeMembers": _MEMBER | _OWNERS,
    "bulkRestoreMembers": _MEMBER | {"SEAT_LIMIT", "SELF_ACTION", "POLICY"},
    "bulkRemoveMembers": _MEMBER | _OWNERS,
}

PROVEN_ELSEWHERE: dict[str, str] = {
    "startBulkOperation": "test_bulk_operations.py",
    "cancelBulkOperation": "test_bulk_operations.py",
    "acceptInvitation": "test_accepting.py",
    "requestNewInvitationLink": "test_accepting.py",
    "requestSignInLink": "test_sign_in.py",
    "redeemSignInLink": "test_sign_in.py",
    "signOut": "test_sessions.py",
    "endSession": "test_sessions.py",
    "setAccountKeys": "test_account_keys.py",
}
"""Mutations whose errors other test files prove, with those files' names."""

OF_GUESTS = frozenset({"acceptInvitation", "requestNewInvitationLink"})
"""Mutations by which people act who may have no account yet."""

OF_PEOPLE = OF_GUESTS | {
    "signOut",
    "endSession",
    "requestSignInLink",
    "redeemSignInLink",
    "setAccountKeys",
}
"""Mutations by which people act for themselves: they name no organization and need no scope."""

UNUSED = frozenset({"DEPROVISION_HELD", "INTERNAL"})
"""Codes that no mutation answers: of what is still to come, of SCIM alone, of single members
of a bulk operation."""
