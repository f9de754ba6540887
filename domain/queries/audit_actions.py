"""The catalogue of audit actions: what each means, and the sentence that tells of it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.vocabulary import SubjectKind


@dataclass(frozen=True, slots=True)
class AuditAction:
    """One dotted action; `sentence` names the actor and the subject."""

    action: str
    description: str
    subject: SubjectKind
    sentence: str


def _catalogue() -> dict[str, AuditAction]:
    organization, member = SubjectKind.ORGANIZATION, SubjectKind.MEMBER
    group, scim, token = SubjectKind.GROUP, SubjectKind.SCIM_CONNECTION, SubjectKind.ACCESS_TOKEN
    bulk = SubjectKind.BULK_OPERATION
    rows = [
        ("organization.created", organization, "The organization was founded.", "{} founded {}."),
        (
            "organization.updated",
            organization,
            "Name, seats, policies or the key handshake changed.",
            "{} changed the settings of {}.",
        ),
        (
            "oidc_provider.created",
            organization,
            "People may sign in with a further OpenID provider.",
            "{} added an OpenID provider to {}.",
        ),
        (
            "oidc_provider.updated",
            organization,
            "An OpenID provider's name, client or trust in its addresses changed.",
            "{} changed an OpenID provider of {}.",
        ),
        (
            "oidc_provider.deleted",
            organization,
            "Nobody signs in with an OpenID provider any more.",
            "{} deleted an OpenID provider of {}.",
        ),
        (
            "organization.key_created",
            organization,
            "An owner made the organization's key; the server cannot read it.",
            "{} made the key of {}.",
        ),
        (
            "organization.key_rotated",
            organization,
            "An owner replaced the organization's key; other members need the new one wrapped.",
            "{} rotated the key of {}.",
        ),
        (
            "member.staged",
            member,
            "A person was put on the list without an invitation.",
            "{} put {} on the list.",
        ),
        ("member.invited", member, "A person was invited; a mail is on its way.", "{} invited {}."),
        (
            "member.reinvited",
            member,
            "A new invitation replaced the older ones.",
            "{} invited {} again.",
        ),
        (
            "member.accepted",
            member,
            "The person accepted the invitation.",
            "{} recorded that {} accepted the invitation.",
        ),
        ("member.confirmed", member, "An administrator confirmed the member.", "{} confirmed {}."),
        (
            "member.key_wrapped",
            member,
            "The organization's key, of its current version, was wrapped for the member again.",
            "{} wrapped the organization's key for {}.",
        ),
        (
            "member.key_replaced",
            member,
            "The person has a new key pair; what was wrapped for an older one is void.",
            "{} replaced the keys of {}.",
        ),
        ("member.revoked", member, "Access was withdrawn.", "{} revoked the access of {}."),
        (
            "member.restored",
            member,
            "Access was given back, to the stage before.",
            "{} restored the access of {}.",
        ),
        (
            "member.removed",
            member,
            "The membership ended; groups and invitations went with it.",
            "{} removed {}.",
        ),
        (
            "member.role_changed",
            member,
            "The member got another role or other permissions.",
            "{} changed the role of {}.",
        ),
        (
            "member.updated",
            member,
            "Attributes of the member changed.",
            "{} changed the attributes of {}.",
        ),
        (
            "member.deprovisioning_dropped",
            member,
            "A held revocation or removal will not be carried out; the event says why.",
            "{} let go of a held revocation or removal of {}.",
        ),
        ("group.created", group, "A group was made.", "{} made the group {}."),
        (
            "group.updated",
            group,
            "The group's name or external id changed.",
            "{} changed the group {}.",
        ),
        (
            "group.members_changed",
            group,
            "Members were added to or removed from the group.",
            "{} changed the members of the group {}.",
        ),
        (
            "group.deleted",
            group,
            "The group was deleted; its members stay in the organization.",
            "{} deleted the group {}.",
        ),
        ("scim_connection.enabled", scim, "Provisioning was switched on.", "{} switched {} on."),
        (
            "scim_connection.disabled",
            scim,
            "Provisioning was switched off; no key works until it is on again.",
            "{} switched {} off.",
        ),
        (
            "scim_connection.updated",
            scim,
            "The identity provider or a switch of the connection changed.",
            "{} changed the settings of {}.",
        ),
        (
            "scim_connection.key_created",
            scim,
            "A further API key was made.",
            "{} made an API key for {}.",
        ),
        (
            "scim_connection.key_rotated",
            scim,
            "A new API key replaces the others, which end after a while.",
            "{} rotated the API key of {}.",
        ),
        (
            "scim_connection.key_revoked",
            scim,
            "An API key was ended at once.",
            "{} revoked an API key of {}.",
        ),
        (
            "scim_connection.call_rejected",
            scim,
            "Somebody called the endpoint without a valid key.",
            "{} turned away a call to {}: no valid key.",
        ),
        (
            "scim_connection.guard_tripped",
            scim,
            "Unusually many members lost access within an hour; the rest is held.",
            "{} took access from so many members that the guard of {} holds the rest.",
        ),
        (
            "scim_connection.guard_released",
            scim,
            "What the deprovision guard held is being carried out.",
            "{} released what the guard of {} held.",
        ),
        (
            "scim_connection.guard_refused",
            scim,
            "What the deprovision guard held was dropped.",
            "{} refused what the guard of {} held.",
        ),
        (
            "access_token.created",
            token,
            "An access token was made.",
            "{} made the access token {}.",
        ),
        (
            "access_token.revoked",
            token,
            "An access token was ended at once.",
            "{} revoked the access token {}.",
        ),
        (
            "bulk_operation.started",
            bulk,
            "One action over many members was started, in the background.",
            "{} started the bulk operation: {}.",
        ),
        (
            "bulk_operation.cancelled",
            bulk,
            "A bulk operation was stopped; what it had done stays done.",
            "{} cancelled the bulk operation: {}.",
        ),
        (
            "bulk_operation.finished",
            bulk,
            "Every member of a bulk operation had its turn.",
            "{} finished the bulk operation: {}.",
        ),
        (
            "bulk_operation.failed",
            bulk,
            "A bulk operation ended early: who started it lost the right to.",
            "{} gave up the bulk operation: {}.",
        ),
    ]
    return {
        action: AuditAction(action, description, subject, sentence)
        for action, subject, description, sentence in rows
    }


AUDIT_ACTIONS = _catalogue()


def sentence_of(action: str, actor: str, subject: str) -> str:
    """The event in one sentence; an action that the catalogue has not heard of names itself."""
    if action == "member.accepted" and actor == subject:
        return f"{subject} accepted the invitation."
    known = AUDIT_ACTIONS.get(action)
    if known is None:
        return f"{actor}: {action} {subject}."
    return known.sentence.format(actor, subject)
