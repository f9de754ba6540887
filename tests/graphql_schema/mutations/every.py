"""Every scenario, what selects their payloads, and the words of their inputs."""

from __future__ import annotations

from typing import Any

from graphql_schema.schema import schema
from tests.graphql_schema.mutation_errors import OF_PEOPLE
from tests.graphql_schema.mutations import (
    bulk,
    groups,
    invitations,
    key_handover,
    lifecycle,
    members,
    oidc_providers,
    organization_keys,
    organizations,
    policies,
    scim,
    scim_keys,
)
from tests.graphql_schema.mutations.scenario import CHANGES, REFUSALS, RESULT_REFUSALS, Change

MODULES = (
    bulk,
    groups,
    invitations,
    key_handover,
    lifecycle,
    members,
    oidc_providers,
    organization_keys,
    organizations,
    policies,
    scim,
    scim_keys,
)
_MEMBER = (
    "member { id status statusBeforeRevocation revocationReason role permissions version"
    " displayName email externalId userName source keyState }"
)
_ORGANIZATION = (
    "organization { id name version keyHandshake keyVersion seats { occupied limit } policies {"
    " allowedEmailDomains requireSso singleOrganization } }"
)
_GROUP = "group { id displayName externalId source version memberCount }"
_CONNECTION = (
    "scimConnection { id enabled version provider apiKeys { id kind expiresAt } settings {"
    " onProvision rehire omittedGroupMembers patchResponse strictMemberIds contentType }"
    " guard { enabled maxMembers maxPercent } }"
)
_PROVIDER = "oidcProvider { id name issuer clientId trustEmail redirectUrl version }"
_TOKEN = "accessToken { id name scopes expiresAt lastUsedAt revokedAt }"
ERRORS = (
    "errors { __typename code message path ... on VersionConflictError { currentVersion }"
    " ... on InvalidTransitionError { from attempted } ... on TakenError { existing { id } } }"
)
_BULK = f"results {{ memberId changed {_MEMBER} {ERRORS} }} summary {{ changed unchanged failed }}"

SELECTED = {
    "inviteMember": _MEMBER,
    "confirmMember": _MEMBER,
    "revokeMember": _MEMBER,
    "restoreMember": _MEMBER,
    "removeMember": "removedMemberId",
    "updateMember": _MEMBER,
    "changeMemberRole": _MEMBER,
    "reinviteMember": f"{_MEMBER} invitation {{ id state sentTo }}",
    "inviteStagedMembers": _BULK,
    "bulkConfirmMembers": _BULK,
    "bulkReinviteMembers": _BULK,
    "bulkRevokeMembers": _BULK,
    "bulkRestoreMembers": _BULK,
    "bulkRemoveMembers": _BULK,
    "createGroup": _GROUP,
    "updateGroup": _GROUP,
    "deleteGroup": "deletedGroupId",
    "changeGroupMembers": f"added removed {_GROUP}",
    "enableScim": f"apiKey {_CONNECTION}",
    "disableScim": _CONNECTION,
    "updateScimConnection": _CONNECTION,
    "resolveDeprovisionGuard": _CONNECTION,
    "createScimApiKey": f"apiKey clientId previousKeyExpiresAt {_CONNECTION}",
    "rotateScimApiKey": f"apiKey clientId previousKeyExpiresAt {_CONNECTION}",
    "revokeScimApiKey": _CONNECTION,
    "updateOrganization": _ORGANIZATION,
    "createOrganizationKey": _ORGANIZATION,
    "rotateOrganizationKey": _ORGANIZATION,
    "createOidcProvider": _PROVIDER,
    "updateOidcProvider": _PROVIDER,
    "deleteOidcProvider": "deletedOidcProviderId",
    "createAccessToken": f"secret {_TOKEN}",
    "revokeAccessToken": _TOKEN,
}

FIRST: dict[str, Change] = {}
"""By mutation one that does something, without handshake where there is the choice."""
for _change in sorted(CHANGES, key=lambda each: each.given.__module__ == key_handover.__name__):
    FIRST.setdefault(_change.mutation, _change)


def _inputs() -> dict[str, frozenset[str]]:
    served: Any = schema._schema.mutation_type
    return {
        name: frozenset(field.args["input"].type.of_type.fields)
        for name, field in served.fields.items()
        if name not in OF_PEOPLE
    }


INPUTS = _inputs()
"""By mutation of an organization the fields of its input."""
SUBJECT = {
    name: next(
        field
        for field in (
            "memberId",
            "groupId",
            "scimApiKeyId",
            "accessTokenId",
            "oidcProviderId",
            "id",
            "organizationId",
        )
        if field in fields
    )
    for name, fields in INPUTS.items()
}
"""By mutation the field that names what is changed."""

__all__ = ["CHANGES", "FIRST", "INPUTS", "REFUSALS", "RESULT_REFUSALS", "SELECTED", "SUBJECT"]
