"""Notices: who is told of what by mail, in the statement of the change, and what is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.commands import (
    ConfirmMember,
    Member,
    RemoveMember,
    RestoreMember,
    RevisedState,
    ReviseMember,
    RevokeMember,
)
from domain.errors import InvalidTransition
from domain.ids import UUID
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.factories import POLICY, SYSTEM, Looks

HAD_ACCESS = [MemberStatus.ACCEPTED, MemberStatus.CONFIRMED]
HAD_NONE = [MemberStatus.STAGED, MemberStatus.INVITED]


async def notices(looks: Looks, member_id: UUID) -> list[tuple[str, str]]:
    rows = await looks.rows(
        "SELECT kind, state FROM mails WHERE organization_id = $1 AND member_id = $2"
        " ORDER BY queued_at, id",
        member_id,
    )
    return [(row["kind"], row["state"]) for row in rows]


async def sent(app: Application, organization_id: UUID) -> None:
    await app.pool.execute(
        "UPDATE mails SET state = 'SENT' WHERE organization_id = $1 AND state = 'QUEUED'",
        organization_id,
    )


def active(value: bool, **changed: Any) -> Any:
    def edit(member: Member) -> RevisedState:
        return RevisedState(replace(member.attributes, **changed), active=value)

    return edit


async def test_a_confirmed_member_is_told(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await factories.member(
        app, organization_id, MemberStatus.ACCEPTED, display_name="Ada Lovelace"
    )
    assert await notices(looks, person.id) == []

    confirmed = (await app.execute(ConfirmMember(organization_id, person.id), SYSTEM)).value
    await app.execute(ConfirmMember(organization_id, person.id), SYSTEM)

    (row,) = await looks.rows("SELECT * FROM mails WHERE organization_id = $1")
    assert (row["kind"], row["state"], row["attempts"]) == ("CONFIRMED", "QUEUED", 0)
    assert (row["member_id"], row["email"]) == (person.id, person.attributes.email)
    assert row["facts"] == {"name": "Ada Lovelace"}
    assert row["about_id"] is None
    assert row["queued_at"] == confirmed.confirmed_at
    assert row["due_at"] == row["queued_at"] + POLICY.grace
    assert row["expires_at"] == row["queued_at"] + timedelta(days=7)


async def test_who_may_not_be_confirmed_is_told_nothing(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await factories.member(app, organization_id)

    with pytest.raises(InvalidTransition):
        await app.execute(ConfirmMember(organization_id, person.id), SYSTEM)

    assert await notices(looks, person.id) == []


@pytest.mark.parametrize("way", ["revoke", "remove", "provider"])
@pytest.mark.parametrize("status", [*HAD_ACCESS, *HAD_NONE])
async def test_the_end_of_access_is_told_to_whoever_had_some(
    app: Application, organization_id: UUID, looks: Looks, way: str, status: MemberStatus
) -> None:
    person = await factories.member(app, organization_id, status, display_name="Ada")
    await sent(app, organization_id)
    before = await notices(looks, person.id)
    commands: dict[str, Any] = {
        "revoke": RevokeMember(organization_id, person.id),
        "remove": RemoveMember(organization_id, person.id),
        "provider": ReviseMember(organization_id, person.id, active(value=False)),
    }

    await app.execute(commands[way], SYSTEM)

    told = [("ACCESS_REVOKED", "QUEUED")] if status in HAD_ACCESS else []
    assert await notices(looks, person.id) == [*before, *told]
    rows = await looks.rows("SELECT * FROM mails WHERE organization_id = $1 AND state = 'QUEUED'")
    assert [(row["email"], row["facts"]) for row in rows] == [
        (person.attributes.email, {"name": "Ada"})
    ] * len(told)


@pytest.mark.parametrize("status", HAD_ACCESS)
async def test_a_restore_in_time_takes_the_mail_back(
    app: Application, organization_id: UUID, looks: Looks, status: MemberStatus
) -> None:
    person = await factories.member(app, organization_id, status)
    await sent(app, organization_id)
    await app.execute(RevokeMember(organization_id, person.id), SYSTEM)

    await app.execute(RestoreMember(organization_id, person.id), SYSTEM)

    assert (await notices(looks, person.id))[-1] == ("ACCESS_REVOKED", "CANCELLED")
    await app.execute(RevokeMember(organization_id, person.id), SYSTEM)
    assert (await notices(looks, person.id))[-1] == ("ACCESS_REVOKED", "QUEUED")


async def test_a_restore_that_comes_late_leaves_what_was_sent(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await factories.member(app, organization_id, MemberStatus.REVOKED)
    await sent(app, organization_id)

    await app.execute(
        ReviseMember(organization_id, person.id, active(value=True, given_name="Ada")), SYSTEM
    )

    # The first was taken back by the revocation, before it left.
    assert await notices(looks, person.id) == [
        ("CONFIRMED", "CANCELLED"),
        ("ACCESS_REVOKED", "SENT"),
    ]


async def test_news_that_did_not_leave_are_taken_back_with_the_access(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    revoked = await factories.member(app, organization_id, MemberStatus.CONFIRMED)
    removed = await factories.member(app, organization_id, MemberStatus.CONFIRMED)
    other = await factories.member(app, organization_id, MemberStatus.CONFIRMED)

    await app.execute(RevokeMember(organization_id, revoked.id), SYSTEM)
    await app.execute(RemoveMember(organization_id, removed.id), SYSTEM)

    for person in (revoked, removed):
        assert await notices(looks, person.id) == [
            ("CONFIRMED", "CANCELLED"),
            ("ACCESS_REVOKED", "QUEUED"),
        ]
    assert await notices(looks, other.id) == [("CONFIRMED", "QUEUED")]


async def test_removing_a_revoked_member_tells_once(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await factories.member(app, organization_id, MemberStatus.REVOKED)

    await app.execute(RemoveMember(organization_id, person.id), SYSTEM)

    assert await notices(looks, person.id) == [
        ("CONFIRMED", "CANCELLED"),
        ("ACCESS_REVOKED", "QUEUED"),
    ]


async def test_what_fails_tells_nobody(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    owner = await factories.owner(app, organization_id)
    before = await notices(looks, owner.id)

    for command in (RevokeMember, RemoveMember):
        with pytest.raises(Exception, match="last confirmed owner"):
            await app.execute(command(organization_id, owner.id), SYSTEM)

    assert await notices(looks, owner.id) == before == [("CONFIRMED", "QUEUED")]
