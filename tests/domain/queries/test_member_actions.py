"""What a caller is told it may do with a member is what the commands then do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.application import Application, Command
from domain.caller import Caller
from domain.commands import (
    ChangeMemberRole,
    ConfirmMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevokeMember,
)
from domain.errors import DomainError
from domain.ids import UUID
from domain.queries.member_actions import has_one_owner, is_confirmed_owner, refusal
from domain.queries.members import get_member
from domain.queries.reader import Reader
from domain.vocabulary import MemberAction, MemberRole, MemberStatus, Scope
from tests.support import factories

COMMANDS: dict[MemberAction, Callable[[UUID, UUID], Command[Any]]] = {
    MemberAction.CONFIRM: ConfirmMember,
    MemberAction.REINVITE: ReinviteMember,
    MemberAction.REVOKE: RevokeMember,
    MemberAction.RESTORE: RestoreMember,
    MemberAction.REMOVE: RemoveMember,
    MemberAction.CHANGE_ROLE: lambda organization_id, id_: ChangeMemberRole(
        organization_id, id_, role=MemberRole.CUSTOM, permissions=frozenset({Scope.AUDIT_READ})
    ),
}
CALLERS = {
    "owner": factories.caller(),
    "admin": factories.caller(MemberRole.ADMIN),
    "custom": factories.caller(
        MemberRole.CUSTOM, frozenset({Scope.MEMBERS_WRITE, Scope.AUDIT_READ})
    ),
    "confirmer": factories.caller(MemberRole.CUSTOM, frozenset({Scope.MEMBERS_CONFIRM})),
}


async def agrees(
    app: Application, organization_id: UUID, member_id: UUID, action: MemberAction, caller: Caller
) -> None:
    reader = Reader(app.pool)
    row = await get_member(reader, organization_id, member_id)
    assert row is not None
    last = is_confirmed_owner(row) and await has_one_owner(reader, organization_id)

    told = refusal(row, action, caller, is_last_owner=last)

    done: str | bool
    try:
        outcome = await app.execute(COMMANDS[action](organization_id, member_id), caller)
        done = outcome.changed
    except DomainError as error:
        done = error.code
    if told is None:
        assert done is True
    else:
        # What has nothing to do is said to be impossible, and does nothing.
        assert done in {told.code, False}


@pytest.mark.parametrize("action", COMMANDS)
@pytest.mark.parametrize("status", MemberStatus)
@pytest.mark.parametrize("who", CALLERS)
async def test_what_is_told_is_what_is_done(
    app: Application, organization_id: UUID, action: MemberAction, status: MemberStatus, who: str
) -> None:
    member = await factories.member(app, organization_id, status)

    await agrees(app, organization_id, member.id, action, CALLERS[who])


@pytest.mark.parametrize("action", COMMANDS)
@pytest.mark.parametrize("owners", [1, 2])
async def test_the_last_owner(
    app: Application, organization_id: UUID, action: MemberAction, owners: int
) -> None:
    for _ in range(owners):
        member = await factories.owner(app, organization_id)

    await agrees(app, organization_id, member.id, action, CALLERS["admin"])
    await agrees(app, organization_id, member.id, action, CALLERS["owner"])


@pytest.mark.parametrize("action", COMMANDS)
async def test_oneself(app: Application, organization_id: UUID, action: MemberAction) -> None:
    await factories.owner(app, organization_id)
    member = await factories.owner(app, organization_id)
    itself = factories.caller(member_id=member.id, organization_id=organization_id)

    await agrees(app, organization_id, member.id, action, itself)
