"""A new link in place of one that has expired: same answer always, sent where it is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.commands import (
    Member,
    RemoveMember,
    RequestNewInvitationLink,
    RevokeMember,
)
from domain.ids import UUID
from domain.vocabulary import MemberStatus
from tests.domain.commands.acceptance import (
    NOBODY,
    accept,
)
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.racing import race


async def ask_again(app: Application, link: str, who: Any = NOBODY) -> bool:
    outcome = await app.execute(RequestNewInvitationLink(link), who)
    assert outcome.value is None
    return outcome.changed


async def expire(app: Application, invited: Member, *, minutes_ago: int = 11) -> None:
    """The invitation has expired, and was queued so long ago."""
    await app.pool.execute(
        "UPDATE invitations SET expires_at = now(), queued_at = now() - $3::interval"
        " WHERE organization_id = $1 AND member_id = $2",
        invited.organization_id,
        invited.id,
        timedelta(minutes=minutes_ago),
    )


async def test_a_new_link_in_place_of_an_expired_one(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    await expire(app, invited)

    assert await ask_again(app, link)
    assert not await ask_again(app, link)

    states = await looks.invitations(invited.id)
    assert states == ["CANCELLED", "QUEUED"]
    (event,) = await looks.rows(
        "SELECT * FROM audit_events WHERE organization_id = $1 AND action = 'member.reinvited'"
    )
    assert (event["origin"], event["actor_kind"]) == ("SYSTEM", "SYSTEM_PROCESS")
    assert event["actor_label"] == "expired invitation link"
    fresh = await factories.invitation_link(app, invited)
    assert fresh != link
    assert (await accept(app, invited)).member.status is MemberStatus.ACCEPTED


async def test_a_new_link_in_place_of_one_that_an_earlier_key_made(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    after = Application(app.pool, replace(factories.POLICY, secret_key=b"the next key"))
    await app.pool.execute(
        "UPDATE invitations SET queued_at = now() - interval '11 min' WHERE member_id = $1",
        invited.id,
    )

    assert not await ask_again(app, link)
    assert await ask_again(after, link)

    assert await looks.invitations(invited.id) == ["CANCELLED", "QUEUED"]


async def test_no_new_link_within_ten_minutes(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    await expire(app, invited, minutes_ago=9)

    assert not await ask_again(app, link)

    assert len(await looks.invitations(invited.id)) == 1


async def test_twenty_ask_for_one_link(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    await expire(app, invited)

    results = await race([app.execute(RequestNewInvitationLink(link), NOBODY) for _ in range(20)])

    assert sorted(outcome.changed for outcome in results.done) == [False] * 19 + [True]
    assert len(await looks.invitations(invited.id)) == 2


@pytest.mark.parametrize("case", ["works", "revoked", "removed", "accepted", "forged", "nonsense"])
async def test_no_other_link_brings_a_new_one(
    app: Application, organization_id: UUID, looks: Looks, case: str
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    match case:
        case "works":
            await app.pool.execute(
                "UPDATE invitations SET queued_at = now() - interval '1 d' WHERE member_id = $1",
                invited.id,
            )
        case "revoked":
            await app.execute(RevokeMember(organization_id, invited.id), SYSTEM)
            await expire(app, invited)
        case "removed":
            await expire(app, invited)
            await app.execute(RemoveMember(organization_id, invited.id), SYSTEM)
        case "accepted":
            await accept(app, invited)
            await expire(app, invited)
        case "forged":
            await expire(app, invited)
            link = f"{link[:-43]}{'A' * 43}"
        case _:
            link = "inv_nothing"
    before = await looks.actions()

    assert not await ask_again(app, link)

    assert await looks.actions() == before
