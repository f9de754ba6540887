"""The outbox of invitations: who sends what, when it is tried again, and what is never sent."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.commands import Member, ReinviteMember, RemoveMember, RevokeMember
from domain.ids import UUID
from domain.store import outbox
from domain.store.outbox import ClaimedMail
from domain.store.outboxes import INVITATION_MAILS, expire_invitations
from tests.support import factories
from tests.support.database import DatabaseFactory

ROW = "SELECT * FROM invitations WHERE organization_id = $1 AND id = $2"


@pytest.fixture(scope="module")
def own_database_url(database_factory: DatabaseFactory, worker_id: str) -> str:
    """A database of these tests alone: what is due anywhere in it matters here."""
    return database_factory.clone(f"outbox_{worker_id}").server_url


@pytest.fixture(scope="module")
async def app(own_database_url: str) -> AsyncIterator[Application]:
    """An application on that database."""
    made = await factories.application(own_database_url)
    yield made
    await made.pool.close()


@pytest.fixture
async def organization_id(app: Application) -> UUID:
    """The only organization with open invitations."""
    await app.pool.execute("UPDATE invitations SET state = 'CANCELLED'")
    return await factories.organization(app)


async def invite(app: Application, organization_id: UUID, *, due: bool = True) -> Member:
    invited = await factories.member(app, organization_id)
    if due:
        await app.pool.execute(
            "UPDATE invitations SET due_at = now() - interval '1 s' WHERE organization_id = $1"
            " AND state = 'QUEUED'",
            organization_id,
        )
    return invited


async def claim_one(app: Application, organization_id: UUID) -> ClaimedMail:
    (claimed,) = await INVITATION_MAILS.claim(app.pool, organization_id)
    begun = await INVITATION_MAILS.begin_attempt(app.pool, claimed)
    assert begun is not None
    return begun


async def row_of(app: Application, claimed: ClaimedMail) -> Any:
    return await app.pool.fetchrow(ROW, claimed.organization_id, claimed.id)


async def make_due(app: Application, claimed: ClaimedMail) -> None:
    await app.pool.execute("UPDATE invitations SET due_at = now() WHERE id = $1", claimed.id)


async def test_nothing_is_due_before_the_grace_is_over(
    app: Application, organization_id: UUID
) -> None:
    await invite(app, organization_id, due=False)

    assert await INVITATION_MAILS.due(app.pool) == []
    assert await INVITATION_MAILS.claim(app.pool, organization_id) == []


async def test_organizations_take_turns_the_longest_waiting_first(
    app: Application, organization_id: UUID
) -> None:
    other = await factories.organization(app)
    await invite(app, organization_id)
    await invite(app, other)
    await app.pool.execute(
        "UPDATE invitations SET due_at = now() - interval '1 h' WHERE organization_id = $1", other
    )

    due = await INVITATION_MAILS.due(app.pool)

    assert [each.organization_id for each in due] == [other, organization_id]
    assert 3600 <= due[0].age_s < 3660
    assert 1 <= due[1].age_s < 60


async def test_a_claim_has_what_a_mail_needs(app: Application, organization_id: UUID) -> None:
    invited = await factories.member(app, organization_id, name="ada", display_name="Ada L.")
    await app.pool.execute("UPDATE invitations SET due_at = now()")

    claimed = await claim_one(app, organization_id)

    (named,) = await app.pool.fetch(
        "SELECT name, slug FROM organizations WHERE id = $1", organization_id
    )
    assert (claimed.organization_name, claimed.organization_slug) == tuple(named)
    assert (claimed.person_name, claimed.email) == ("Ada L.", invited.attributes.email)
    assert claimed.attempts == 1
    assert (await row_of(app, claimed))["attempts"] == 1


async def test_senders_share_the_work_without_a_row_in_common(
    app: Application, organization_id: UUID
) -> None:
    for _ in range(30):
        await factories.member(app, organization_id)
    await app.pool.execute("UPDATE invitations SET due_at = now() WHERE state = 'QUEUED'")

    batches = await asyncio.gather(
        *(INVITATION_MAILS.claim(app.pool, organization_id, limit=7) for _ in range(8))
    )

    ids = [claimed.id for batch in batches for claimed in batch]
    assert len(ids) == len(set(ids))
    rest = await INVITATION_MAILS.claim(app.pool, organization_id, limit=100)
    assert len(ids) + len(rest) == 30


async def test_a_sent_row_stays_sent(app: Application, organization_id: UUID) -> None:
    await invite(app, organization_id)
    claimed = await claim_one(app, organization_id)

    assert await INVITATION_MAILS.mark_sent(app.pool, claimed)

    row = await row_of(app, claimed)
    assert (row["state"], row["claimed_until"], row["last_error"]) == ("SENT", None, None)
    assert row["sent_at"] is not None
    assert await INVITATION_MAILS.due(app.pool) == []


@pytest.mark.parametrize("moment", ["before the attempt", "during the attempt"])
async def test_a_cancelled_row_is_not_sent(
    app: Application, organization_id: UUID, moment: str
) -> None:
    invited = await invite(app, organization_id)
    (claimed,) = await INVITATION_MAILS.claim(app.pool, organization_id)
    if moment == "during the attempt":
        begun = await INVITATION_MAILS.begin_attempt(app.pool, claimed)
        assert begun is not None
        claimed = begun

    await app.execute(RevokeMember(organization_id, invited.id), factories.SYSTEM)

    assert await INVITATION_MAILS.begin_attempt(app.pool, claimed) is None
    assert not await INVITATION_MAILS.mark_sent(app.pool, claimed)
    assert (await row_of(app, claimed))["state"] == "CANCELLED"


async def test_a_new_invitation_voids_the_claimed_one(
    app: Application, organization_id: UUID
) -> None:
    invited = await invite(app, organization_id)
    (claimed,) = await INVITATION_MAILS.claim(app.pool, organization_id)

    await app.execute(ReinviteMember(organization_id, invited.id), factories.SYSTEM)

    assert await INVITATION_MAILS.begin_attempt(app.pool, claimed) is None
    states = await factories.Looks(app.pool, organization_id).invitations(invited.id)
    assert states == ["CANCELLED", "QUEUED"]


async def test_a_removed_member_takes_the_row_along(
    app: Application, organization_id: UUID
) -> None:
    invited = await invite(app, organization_id)
    claimed = await claim_one(app, organization_id)

    await app.execute(RemoveMember(organization_id, invited.id), factories.SYSTEM)

    assert await INVITATION_MAILS.begin_attempt(app.pool, claimed) is None
    await INVITATION_MAILS.mark_bounced(app.pool, claimed, "gone")
    assert await row_of(app, claimed) is None


async def test_gaps_grow_and_a_day_is_enough(app: Application, organization_id: UUID) -> None:
    await invite(app, organization_id)
    gaps = []
    for _ in range(8):
        claimed = await claim_one(app, organization_id)
        assert await INVITATION_MAILS.mark_retry(app.pool, claimed, "450 later")
        gaps.append(
            await app.pool.fetchval(
                "SELECT extract(epoch FROM due_at - now())::int FROM invitations WHERE id = $1",
                claimed.id,
            )
        )
        await make_due(app, claimed)

    expected = [30, 120, 600, 1800, 3600, 7200, 7200, 7200]
    assert all(abs(gap - wanted) <= 2 for gap, wanted in zip(gaps, expected, strict=True))
    await app.pool.execute(
        "UPDATE invitations SET queued_at = now() - interval '22 h 1 min' WHERE state = 'QUEUED'"
    )
    claimed = await claim_one(app, organization_id)
    assert not await INVITATION_MAILS.mark_retry(app.pool, claimed, "450 later")
    row = await row_of(app, claimed)
    assert (row["state"], row["attempts"], row["last_error"]) == ("FAILED", 9, "450 later")


async def test_a_dead_sender_is_replaced_and_comes_too_late(
    app: Application, organization_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await invite(app, organization_id)
    monkeypatch.setattr(outbox, "LEASE", timedelta(milliseconds=50))
    dead = await claim_one(app, organization_id)
    assert await INVITATION_MAILS.claim(app.pool, organization_id) == []
    await asyncio.sleep(0.06)
    monkeypatch.setattr(outbox, "LEASE", timedelta(minutes=3))

    successor = await claim_one(app, organization_id)

    assert (successor.id, successor.attempts) == (dead.id, 2)
    assert not await INVITATION_MAILS.mark_sent(app.pool, dead)
    assert await INVITATION_MAILS.begin_attempt(app.pool, dead) is None
    assert await INVITATION_MAILS.mark_sent(app.pool, successor)


async def test_what_was_not_tried_is_given_back(app: Application, organization_id: UUID) -> None:
    await invite(app, organization_id)
    await invite(app, organization_id)
    claimed = await INVITATION_MAILS.claim(app.pool, organization_id)

    await INVITATION_MAILS.release(app.pool, claimed)
    await INVITATION_MAILS.release(app.pool, [])

    again = await INVITATION_MAILS.claim(app.pool, organization_id)
    assert {each.id for each in again} == {each.id for each in claimed}
    assert {each.attempts for each in again} == {0}


async def test_final_refusals(app: Application, organization_id: UUID) -> None:
    for mark, state in (
        (INVITATION_MAILS.mark_bounced, "BOUNCED"),
        (INVITATION_MAILS.mark_failed, "FAILED"),
    ):
        await invite(app, organization_id)
        claimed = await claim_one(app, organization_id)

        await mark(app.pool, claimed, "550 no such user" + "x" * 1000)

        row = await row_of(app, claimed)
        assert row["state"] == state
        assert len(row["last_error"]) == outbox.MAX_ERROR
    assert await INVITATION_MAILS.due(app.pool) == []


async def test_open_invitations_expire_and_others_do_not(
    app: Application, organization_id: UUID
) -> None:
    looks = factories.Looks(app.pool, organization_id)
    queued, sent, revoked, fresh = [await invite(app, organization_id) for _ in range(4)]
    await app.pool.execute("UPDATE invitations SET state = 'SENT' WHERE member_id = $1", sent.id)
    await app.execute(RevokeMember(organization_id, revoked.id), factories.SYSTEM)
    await app.pool.execute(
        "UPDATE invitations SET expires_at = now() WHERE organization_id = $1 AND member_id <> $2",
        organization_id,
        fresh.id,
    )
    assert len(await INVITATION_MAILS.claim(app.pool, organization_id)) == 1  # the fresh one alone

    assert await expire_invitations(app.pool) == 2

    states = [await looks.invitations(each.id) for each in (queued, sent, revoked, fresh)]
    assert states == [["EXPIRED"], ["EXPIRED"], ["CANCELLED"], ["QUEUED"]]
    assert await expire_invitations(app.pool) == 0
