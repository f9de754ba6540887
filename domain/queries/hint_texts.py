"""What to change in which provider, by situation: a page of `docs/errors/` or a warning's name."""

from __future__ import annotations

from collections.abc import Mapping

from domain.vocabulary import IdentityProvider

ENTRA = IdentityProvider.ENTRA_ID
OKTA = IdentityProvider.OKTA
ONELOGIN = IdentityProvider.ONELOGIN
JUMPCLOUD = IdentityProvider.JUMPCLOUD
PING = IdentityProvider.PING
GOOGLE = IdentityProvider.GOOGLE
RIPPLING = IdentityProvider.RIPPLING
AUTHENTIK = IdentityProvider.AUTHENTIK
KEYCLOAK = IdentityProvider.KEYCLOAK

GROUP = ":group"
"""Ends the name of a situation that is about groups."""

_ENTRA_FLAG = (
    "Entra ID speaks its older dialect, which is understood; append ?aadOptscim062020 to the Tenant"
    " URL to have it follow the standard."
)

PAGES_OF_WARNINGS = {
    "no_email": "lifecycle.md",
    "unknown_members": "errors/invalid-value.md",
}
"""Where more is said about a warning; the rest is in scim.md."""

HINTS: Mapping[str, Mapping[IdentityProvider | None, str]] = {
    "uniqueness": {
        None: "Look whether the next request is a search: then the provider links the person it"
        " finds, and all is well. If it repeats, change the value in the provider, or remove the"
        " member who has it.",
        ENTRA: "Entra ID did not find this person by its matching attribute. Match by userName, map"
        " objectId to externalId, and look for a user deleted in Entra whose member is still here.",
        OKTA: "Okta searches by userName and links whom it finds. If this repeats, another"
        " person or another Okta application has the value: change it in Okta, or remove the"
        " member here.",
        ONELOGIN: "OneLogin searches by userName first: let the userName in the SCIM JSON template"
        " be the one that the member has here.",
        JUMPCLOUD: "The address for JumpCloud's Test Connection must belong to nobody here; a real"
        " person is linked once userName is the same on both sides.",
        AUTHENTIK: "authentik now searches by userName and links whom it finds. If this repeats,"
        " the e-mail or externalId is another member's.",
        KEYCLOAK: "Keycloak's plugin does not search: let it import the users first, or remove the"
        " member here and let it create the person anew.",
    },
    f"uniqueness{GROUP}": {
        None: "Another group has this displayName or externalId: rename one of the two in the"
        " provider, or link the group that is here.",
        ENTRA: "Two groups in Entra ID have one displayName, or a group was deleted and made anew:"
        " rename one, and match groups by displayName.",
        OKTA: "Link the group under Push Groups instead of creating it, or rename it.",
    },
    "invalid-filter": {
        None: "Correct the search filter or the matching attribute in the provider; detail names"
        " the place.",
        ENTRA: 'Match by userName, externalId or emails[type eq "work"].value in the attribute'
        " mapping.",
        PING: 'Set the user filter to userName eq "%s".',
    },
    "invalid-path": {
        None: "Correct the target attribute in the provider's mapping; the path is made from it.",
        ENTRA: 'Correct the target attribute of the mapping: emails[type eq "work"].value, or the'
        " extension's URN, a colon and the attribute.",
    },
    "invalid-syntax": {
        None: "The body is no SCIM 2.0 message: set the provider to version 2.0.",
        ONELOGIN: "Check the SCIM JSON template with a JSON checker; a missing comma or quote makes"
        " every request fail.",
        PING: "Choose SCIM version 2.0 for the connection.",
        JUMPCLOUD: "Choose SCIM 2.0 for the connector.",
    },
    "invalid-value": {
        None: "Correct the mapping of the attribute that detail names, or the value at the person.",
        ENTRA: "Correct the mapping of the attribute that detail names, then Provision on demand to"
        " try it with one person.",
        OKTA: "Correct the attribute that detail names under Profile Editor or at the person, then"
        " Retry Selected under Dashboard, Tasks.",
        ONELOGIN: "Look at what the SCIM JSON template puts into the attribute that detail names; a"
        " placeholder that was not replaced is a common cause.",
    },
    f"invalid-value{GROUP}": {
        None: "If ids of members are named: assign these people to the application before the"
        " group, or let unknown ids be left out (rollcall scim set --lenient-member-ids).",
    },
    "no-target": {
        None: 'Map to a value that can be found or made: name[type eq "…"].value.',
        ENTRA: 'Change the target attribute of the mapping to the form name[type eq "…"].value.',
    },
    "mutability": {
        None: "Take the read-only attribute that detail names out of the provider's mapping.",
        ENTRA: "Delete the mapping to the read-only attribute that detail names.",
    },
    "unauthorized": {
        None: "Paste the key anew, without blanks, and check that the base URL ends with the id of"
        " the organization that the key belongs to.",
        ENTRA: "Paste the key alone into Secret Token. When it is empty, Entra ID sends a token of"
        " its own, which is refused.",
        OKTA: "Choose HTTP Header and paste the key alone: Okta adds the word Bearer where it is"
        " needed, and the bare key is accepted, too.",
        ONELOGIN: "Paste the key alone into SCIM Bearer Token; no custom header may set"
        " Authorization.",
        PING: "Choose OAuth 2 Bearer Token, with Bearer as authorization type, or client"
        " credentials; Basic is not accepted.",
        KEYCLOAK: "Choose Bearer as authentication mode; Basic and none are refused.",
    },
    "not-found": {
        None: "The provider still has the id of a member or group that was removed here: let it"
        " search again, or assign the person anew. If every call fails, correct the base URL.",
        ENTRA: "Choose Restart provisioning, so that Entra ID matches everybody anew.",
        OKTA: "Unassign the person and assign them again; for a group, unlink and push it again.",
        AUTHENTIK: "Nothing: authentik creates the person or group anew.",
        KEYCLOAK: "Nothing: Keycloak's plugin creates the person or group anew.",
    },
    "gone": {None: "Nothing: it was removed before, and the provider takes this as done."},
    "version-conflict": {
        None: "Nothing, if it happens once: the provider reads the resource and tries again.",
    },
    "too-large": {
        None: "Send fewer members at a time: about 20,000 fit into one request.",
        AUTHENTIK: "Lower the size of the parts in which authentik sends members.",
        KEYCLOAK: "Switch Keycloak's plugin to PATCH, so that it does not send whole groups.",
    },
    "too-many": {None: "Search without members: excludedAttributes=members."},
    "method-not-allowed": {
        None: "The provider has lost the id of whom it wants to change: assign the person anew.",
    },
    "unsupported-media-type": {
        None: "Set the provider's content type to application/scim+json.",
        KEYCLOAK: "Choose application/scim+json as content type in Keycloak's plugin.",
    },
    "conflict": {None: "Mend the operation that detail names, and send both again."},
    "seat-limit": {
        None: "Raise the seat limit, or revoke a member; the provider then tries again.",
        OKTA: "Raise the seat limit, or revoke a member; then Retry Selected under Dashboard,"
        " Tasks.",
    },
    "deprovision-held": {
        None: "Look whether so many are meant to go, then release or refuse them with `rollcall"
        " scim guard`. The provider need not send anything again.",
        ENTRA: "Look in Entra ID whether the scope or a filter changed, then release or refuse with"
        " `rollcall scim guard`. Entra ID tries again after hours; it need not.",
        OKTA: "Look in Okta whether an assignment or a group rule changed, then release or refuse"
        " with `rollcall scim guard`. What was released needs no Retry Selected.",
    },
    "last-owner": {
        None: "Make someone else owner first, or keep this person assigned in the provider.",
    },
    "policy": {None: "A policy of the organization forbids it; detail says which."},
    "too-many-requests": {
        None: "Nothing: the provider waits as long as Retry-After says, and tries again.",
        AUTHENTIK: "Lower how many requests authentik sends at the same time.",
        KEYCLOAK: "Lower how many requests Keycloak's plugin sends at the same time.",
    },
    "server-error": {
        None: "Nothing in the provider, which tries again. If it stays, look at the server's log"
        " under the request's id.",
    },
    "no_email": {
        None: "Map an address to emails, or let userName be one: without it nobody is invited.",
        ENTRA: 'Map mail to emails[type eq "work"].value; for people without a mailbox map another'
        " attribute that holds an address they read.",
        OKTA: "Give the person a primary e-mail in Okta, and map it to email under Profile Editor.",
        ONELOGIN: "Add emails to the SCIM JSON template.",
        JUMPCLOUD: "Give the user a company e-mail in JumpCloud.",
        PING: "Map the work e-mail under the connection's attribute mapping.",
        KEYCLOAK: "Give the user an e-mail in the realm.",
        AUTHENTIK: "Give the user an e-mail in authentik; its SCIM mapping sends it.",
    },
    "email_kept": {
        None: "Change the address in the provider instead of clearing it; to end access, unassign"
        " the person.",
        JUMPCLOUD: "Nothing: JumpCloud sends emails: null with some changes.",
    },
    "unknown_members": {
        None: "Assign these people to the application before the group, then push the group again.",
        ENTRA: "Bring these people into the scope of provisioning: assign them to the application"
        " themselves, or assign the group.",
        OKTA: "Assign the group to the application, then use Push now: Okta pushes people and"
        " groups apart.",
    },
    "nested_groups": {
        None: "Put the people of the inner group into the outer one: groups inside groups are not"
        " supported.",
        ENTRA: "Assign the inner group to the application, too: Entra ID does not unfold groups"
        " inside groups.",
    },
    "members_omitted": {
        KEYCLOAK: "Keycloak's plugin leaves members out when a group is empty: choose it as"
        " provider here, or set omitted members to CLEAR (rollcall scim set"
        " --omitted-members CLEAR).",
    },
    "schemas_missing": {
        ONELOGIN: "Begin the SCIM JSON template with"
        ' "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"].',
    },
    "schemas_foreign": {
        ONELOGIN: "Replace urn:scim:schemas in the SCIM JSON template by"
        " urn:ietf:params:scim:schemas:core:2.0:User.",
    },
    "unknown_attribute": {
        None: "Take the attribute out of the provider's mapping, or correct its name.",
        ENTRA: "Delete the mapping to this attribute, or correct its target attribute.",
        ONELOGIN: "Take the attribute out of the SCIM JSON template, or correct its name.",
    },
    "unknown_extension": {
        None: "Take the extension out of the provider's mapping: only the enterprise one is kept.",
    },
    "unquoted_filter_value": {PING: 'Put the value in quotes: userName eq "%s".'},
    "duplicate_primary": {None: "Let one value be primary in the provider's mapping."},
    "element_chosen": {
        None: 'Name the value in the provider\'s mapping: emails[type eq "work"].value.',
    },
    "manager_id": {ONELOGIN: "Write manager.value instead of managerId in the SCIM JSON template."},
    "upper_case_op": {ENTRA: _ENTRA_FLAG},
    "string_boolean": {ENTRA: _ENTRA_FLAG},
    "value_in_remove": {ENTRA: _ENTRA_FLAG},
}
