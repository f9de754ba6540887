"""The member life cycle as data: which action is allowed from which status, and where it leads.

This table exists once. The rules of `Member`, the `actions` of the admin API, the documentation
and the property test of the state machine all read it.
"""

from dataclasses import dataclass

from domain.vocabulary import MemberAction, MemberStatus, Stage

_ANY = frozenset(MemberStatus)
_NOT_REVOKED = _ANY - {MemberStatus.REVOKED}
_ORDER = {stage: index for index, stage in enumerate(Stage)}


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: `allowed_from` statuses (empty = only creation), the result, the audit action.

    `already` are the statuses in which the action has nothing to do and so changes nothing.
    `creates` says that the action may also bring a member into being.
    """

    allowed_from: frozenset[MemberStatus]
    to: MemberStatus | None
    audit_action: str
    already: frozenset[MemberStatus] = frozenset()
    creates: bool = False


LIFECYCLE: dict[MemberAction, Transition] = {
    MemberAction.STAGE: Transition(frozenset(), MemberStatus.STAGED, "member.staged", creates=True),
    MemberAction.INVITE: Transition(
        frozenset({MemberStatus.STAGED}),
        MemberStatus.INVITED,
        "member.invited",
        already=frozenset({MemberStatus.INVITED, MemberStatus.ACCEPTED, MemberStatus.CONFIRMED}),
        creates=True,
    ),
    MemberAction.REINVITE: Transition(
        frozenset({MemberStatus.INVITED}), MemberStatus.INVITED, "member.reinvited"
    ),
    MemberAction.ACCEPT: Transition(
        frozenset({MemberStatus.INVITED}),
        MemberStatus.ACCEPTED,
        "member.accepted",
        already=frozenset({MemberStatus.ACCEPTED, MemberStatus.CONFIRMED}),
    ),
    MemberAction.CONFIRM: Transition(
        frozenset({MemberStatus.ACCEPTED}),
        MemberStatus.CONFIRMED,
        "member.confirmed",
        already=frozenset({MemberStatus.CONFIRMED}),
    ),
    MemberAction.REVOKE: Transition(
        _NOT_REVOKED,
        MemberStatus.REVOKED,
        "member.revoked",
        already=frozenset({MemberStatus.REVOKED}),
    ),
    MemberAction.RESTORE: Transition(
        frozenset({MemberStatus.REVOKED}), None, "member.restored", already=_NOT_REVOKED
    ),
    MemberAction.REMOVE: Transition(_ANY, None, "member.removed"),
    MemberAction.CHANGE_ROLE: Transition(_ANY, None, "member.role_changed"),
    MemberAction.UPDATE: Transition(_ANY, None, "member.updated"),
}


def stage_at_least(stage: Stage, least: Stage) -> bool:
    """Whether `stage` has come as far as `least`."""
    return _ORDER[stage] >= _ORDER[least]
