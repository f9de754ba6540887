"""Reminders and lists of who waits: once, to the right people, whichever process queues them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.commands import AcceptInvitation, ReinviteMember, RevokeMember
from domain.ids import UUID
from domain.store import notice_rounds
from domain.store.notice_rounds import queue_reminders, tell_who_waits
from domain.store.outboxes import NOTICES
from domain.vocabulary import MemberRole, MemberStatus, Scope
from tests.domain.store.noticed import *  # noqa: F403 - its fixtures
from tests.domain.store.noticed import AFTER, GRACE, invited, mails, waiting
from tests.support import factories
from tests.support.factories import SYSTEM


async def an_hour_later(app: Application) -> None:
    await app.pool.execute(
        "UPDATE mails SET queued_at = queued_at - interval '1 h', state = 'SENT'"
        " WHERE kind = 'CONFIRMABLE'"
    )


async def test_an_open_invitation_is_reminded_of_once(
    app: Application, organization_id: UUID
) -> None:
    due = await invited(app, organization_id, hours_ago=72.1)
    await invited(app, organization_id, hours_ago=71.9)
    await factories.member(app, organization_id)  # its invitation was not sent yet

    assert await queue_reminders(app.pool, AFTER) == 1
    assert await queue_reminders(app.pool, AFTER) == 0

    (reminder,) = await mails(app, organization_id, "REMINDER")
    invitation = await app.pool.fetchrow(
        "SELECT * FROM invitations WHERE organization_id = $1 AND member_id = $2",
        organization_id,
        due.id,
    )
    assert (reminder["member_id"], reminder["email"]) == (due.id, due.attributes.email)
    assert (reminder["about_id"], reminder["state"]) == (invitation["id"], "QUEUED")
    assert reminder["expires_at"] == invitation["expires_at"]
    assert reminder["facts"] == {"name": due.attributes.display_name}
    assert invitation["state"] == "SENT"


async def test_reminders_of_many_organizations_and_pages(
    app: Application, organization_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_rounds, "BATCH", 2)
    elsewhere = await factories.organization(app)
    for _ in range(5):
        await invited(app, organization_id, hours_ago=80)
    await invited(app, elsewhere, hours_ago=80)

    counts = await asyncio.gather(*(queue_reminders(app.pool, AFTER) for _ in range(4)))

    assert sum(counts) == 6
    assert len(await mails(app, organization_id, "REMINDER")) == 5
    assert len(await mails(app, elsewhere, "REMINDER")) == 1


@pytest.mark.parametrize("what", ["accepted", "revoked", "reinvited", "expired"])
async def test_who_is_no_longer_invited_is_not_reminded(
    app: Application, organization_id: UUID, what: str
) -> None:
    person = await invited(app, organization_id, hours_ago=80)
    link = await factories.invitation_link(app, person)
    assert await queue_reminders(app.pool, AFTER) == 1
    match what:
        case "accepted":
            await app.execute(AcceptInvitation(link), SYSTEM)
        case "revoked":
            await app.execute(RevokeMember(organization_id, person.id), SYSTEM)
        case "reinvited":
            await app.execute(ReinviteMember(organization_id, person.id), SYSTEM)
        case _:
            await app.pool.execute(
                "UPDATE invitations SET expires_at = now() WHERE organization_id = $1",
                organization_id,
            )

    (claimed,) = [
        each for each in await NOTICES.claim(app.pool, organization_id) if each.kind == "REMINDER"
    ]

    assert await NOTICES.begin_attempt(app.pool, claimed) is None
    (reminder,) = await mails(app, organization_id, "REMINDER")
    assert (reminder["state"], reminder["attempts"]) == ("CANCELLED", 0)


async def test_who_may_confirm_is_told_how_many_wait(
    app: Application, organization_id: UUID
) -> None:
    confirmed = MemberStatus.CONFIRMED
    owner = await factories.owner(app, organization_id)
    admin = await factories.member(app, organization_id, confirmed, role=MemberRole.ADMIN)
    confirms = await factories.member(
        app,
        organization_id,
        confirmed,
        role=MemberRole.CUSTOM,
        permissions=frozenset({Scope.MEMBERS_CONFIRM}),
    )
    await factories.member(
        app,
        organization_id,
        confirmed,
        role=MemberRole.CUSTOM,
        permissions=frozenset({Scope.MEMBERS_READ}),
    )
    await factories.member(app, organization_id, confirmed)
    await factories.member(app, organization_id, MemberStatus.INVITED, role=MemberRole.ADMIN)
    gone = await factories.member(app, organization_id, confirmed, role=MemberRole.ADMIN)
    await app.execute(RevokeMember(organization_id, gone.id), SYSTEM)
    for _ in range(3):
        await waiting(app, organization_id)

    assert await tell_who_waits(app.pool, GRACE) == 3

    told = await mails(app, organization_id, "CONFIRMABLE")
    assert {row["member_id"] for row in told} == {owner.id, admin.id, confirms.id}
    assert {row["facts"]["waiting"] for row in told} == {3}
    assert {row["email"] for row in told} == {
        each.attributes.email for each in (owner, admin, confirms)
    }


async def test_at_most_once_an_hour_and_only_when_there_is_news(
    app: Application, organization_id: UUID
) -> None:
    await factories.owner(app, organization_id)
    await waiting(app, organization_id, seconds=4000)
    assert await tell_who_waits(app.pool, GRACE) == 1

    await waiting(app, organization_id, seconds=20)
    await app.pool.execute(
        "UPDATE mails SET queued_at = queued_at - interval '59 min' WHERE kind = 'CONFIRMABLE'"
    )
    assert await tell_who_waits(app.pool, GRACE) == 0
    await app.pool.execute(
        "UPDATE mails SET queued_at = queued_at - interval '1 min 1 s' WHERE kind = 'CONFIRMABLE'"
    )
    assert await tell_who_waits(app.pool, GRACE) == 1
    await an_hour_later(app)
    await app.pool.execute("UPDATE members SET accepted_at = accepted_at - interval '2 h'")
    assert await tell_who_waits(app.pool, GRACE) == 0

    told = await mails(app, organization_id, "CONFIRMABLE")
    assert [row["facts"]["waiting"] for row in told] == [1, 2]


async def test_who_has_just_accepted_is_no_reason_yet(
    app: Application, organization_id: UUID
) -> None:
    await factories.owner(app, organization_id)
    await waiting(app, organization_id, seconds=5)

    assert await tell_who_waits(app.pool, GRACE) == 0
    assert await tell_who_waits(app.pool, timedelta(seconds=4)) == 1


async def test_several_processes_tell_once(app: Application, organization_id: UUID) -> None:
    for _ in range(3):
        await factories.owner(app, organization_id)
    await waiting(app, organization_id)

    counts = await asyncio.gather(*(tell_who_waits(app.pool, GRACE) for _ in range(12)))

    assert sorted(counts) == [0] * 11 + [3]
    assert len(await mails(app, organization_id, "CONFIRMABLE")) == 3


async def test_who_waits_no_more_is_not_told_of(app: Application, organization_id: UUID) -> None:
    await factories.owner(app, organization_id)
    person = await waiting(app, organization_id)
    await tell_who_waits(app.pool, GRACE)
    await app.execute(RevokeMember(organization_id, person.id), SYSTEM)

    claimed: list[Any] = await NOTICES.claim(app.pool, organization_id)
    begun = [await NOTICES.begin_attempt(app.pool, each) for each in claimed]

    assert [each.kind for each in claimed] == ["CONFIRMABLE"]
    assert begun == [None]
    (told,) = await mails(app, organization_id, "CONFIRMABLE")
    assert told["state"] == "CANCELLED"
