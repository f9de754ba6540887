"""What docs/handshake.md says of members is so: each mutation is asked for in each state of one.

What must come of it, the state after, the events, the mails, is read from the page's table.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.commands import RevokeMember
from domain.ids import UUID
from domain.vocabulary import MemberStatus, Stage
from tests.docs.handshake_table import GONE, ROWS, Row
from tests.graphql_schema.mutations.asking import ask, new_events
from tests.graphql_schema.mutations.world import World
from tests.support.factories import SYSTEM

BULK = {
    "inviteStagedMembers": "memberIds",
    "bulkReinviteMembers": "memberIds",
    "bulkConfirmMembers": "members",
    "bulkRevokeMembers": "memberIds",
    "bulkRestoreMembers": "memberIds",
    "bulkRemoveMembers": "memberIds",
}
ONE: dict[str, dict[str, Any]] = {
    "reinviteMember": {},
    "confirmMember": {},
    "revokeMember": {},
    "restoreMember": {},
    "removeMember": {},
    "updateMember": {"email": "another@example.com"},
    "changeMemberRole": {"role": "ADMIN"},
}
STATES = [
    *((stage.value, stage.value) for stage in Stage),
    *(("REVOKED", stage.value) for stage in Stage),
]
"""Every status, with the stage that the member has come to."""


async def member_of(world: World, status: str, stage: str) -> UUID:
    member = await world.member(MemberStatus(stage))
    # One whom no provider keeps, so that their address is an administrator's to change.
    await world.app.pool.execute(
        "UPDATE members SET source = 'ADMIN_API' WHERE organization_id = $1 AND id = $2",
        world.owner_id,
        member.id,
    )
    if status == "REVOKED":
        await world.app.execute(RevokeMember(world.owner_id, member.id), SYSTEM)
    return member.id


async def status_now(world: World, member_id: UUID) -> str:
    row = await world.looks.member(member_id)
    if row is None:
        return GONE
    return "REVOKED" if row["revoked_at"] is not None else str(row["stage"])


def input_of(world: World, mutation: str, member_id: UUID) -> dict[str, Any]:
    id_ = world.caller.member_id(member_id)
    field = BULK.get(mutation)
    if field is None:
        return {"memberId": id_, **ONE[mutation]}
    items: list[Any] = [{"memberId": id_}] if field == "members" else [id_]
    return {"organizationId": world.caller.org, field: items}


def new_mails(before: dict[Any, str], after: dict[Any, str]) -> set[str]:
    found = set()
    for key in after.keys() - before.keys():
        if key[0] == "mails":
            found.add(json.loads(after[key])["kind"])
        elif key[0] == "invitations":
            found.add("INVITATION")
    return found


def expected(row: Row, status: str, stage: str) -> tuple[str, bool]:
    """The state after, and whether anything changes."""
    after = row.after(status, stage)
    if after is None:
        return status, False
    begins_anywhere = row.states.startswith("any ")
    return after, after != status or not begins_anywhere


@pytest.mark.parametrize(("status", "stage"), STATES, ids=lambda word: word)
@pytest.mark.parametrize("mutation", [*ONE, *BULK])
async def test_a_member_in_each_state(world: World, mutation: str, status: str, stage: str) -> None:
    row = ROWS[mutation]
    member_id = await member_of(world, status, stage)
    before, _ = await world.dump()

    payload = await ask(world, mutation, input_of(world, mutation, member_id))

    after, changes = expected(row, status, stage)
    own, _ = await world.dump()
    events = new_events(before, own)
    assert await status_now(world, member_id) == after
    assert payload["changed"] is changes
    assert bool(events) is changes
    assert set(events) <= row.history
    assert new_mails(before, own) == (row.mails(status, stage) if changes else set())
