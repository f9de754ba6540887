"""The life cycle table equals the one of the design, written down again here."""

import pytest

from domain.model.lifecycle import LIFECYCLE, stage_at_least
from domain.vocabulary import MemberAction, MemberStatus, Stage

S, I, A, C, R = (  # noqa: E741 - as short as the columns of a table
    MemberStatus.STAGED,
    MemberStatus.INVITED,
    MemberStatus.ACCEPTED,
    MemberStatus.CONFIRMED,
    MemberStatus.REVOKED,
)
EVERY = {S, I, A, C, R}
M = MemberAction
# action: (acts on, has nothing to do for, leads to, history calls it)
DESIGN = {
    M.STAGE: (set(), set(), S, "member.staged"),
    M.INVITE: ({S}, {I, A, C}, I, "member.invited"),
    M.REINVITE: ({I}, set(), I, "member.reinvited"),
    M.ACCEPT: ({I}, {A, C}, A, "member.accepted"),
    M.CONFIRM: ({A}, {C}, C, "member.confirmed"),
    M.REVOKE: ({S, I, A, C}, {R}, R, "member.revoked"),
    M.RESTORE: ({R}, {S, I, A, C}, None, "member.restored"),
    M.REMOVE: (EVERY, set(), None, "member.removed"),
    M.CHANGE_ROLE: (EVERY, set(), None, "member.role_changed"),
    M.UPDATE: (EVERY, set(), None, "member.updated"),
}


@pytest.mark.parametrize("action", list(MemberAction))
def test_row(action: MemberAction) -> None:
    row = LIFECYCLE[action]

    assert (set(row.allowed_from), set(row.already), row.to, row.audit_action) == DESIGN[action]
    assert row.creates is (action in {M.STAGE, M.INVITE})


@pytest.mark.parametrize("row", LIFECYCLE.values())
def test_a_status_is_either_acted_on_or_done_with(row: object) -> None:
    assert not row.allowed_from & row.already  # type: ignore[attr-defined]


def test_stages_are_ordered() -> None:
    order = [Stage.STAGED, Stage.INVITED, Stage.ACCEPTED, Stage.CONFIRMED]
    for place, stage in enumerate(order):
        for other_place, other in enumerate(order):
            assert stage_at_least(stage, other) is (place >= other_place)
