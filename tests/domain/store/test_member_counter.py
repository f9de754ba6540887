"""Counts of members: exact at every moment, kept near the end of the history, healed once a day."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest

from domain.application import Application
from domain.clock import utc_now
from domain.commands import (
    ConfirmMember,
    ProvisionMember,
    RemoveMember,
    RestoreMember,
    RevokeMember,
    UpdateOrganization,
)
from domain.errors import DomainError
from domain.ids import UUID
from domain.store import member_counter, member_counts
from domain.store.member_counter import MemberCounter, keep_counts
from domain.store.member_counts import MemberCounts, counted_anew, kept_counts
from domain.store.sealer import seal_batch
from domain.vocabulary import MemberStatus, OnProvision
from tests.domain.past import seal_all
from tests.support import factories
from tests.support.factories import SYSTEM

KEPT = "SELECT position FROM member_counts WHERE organization_id = $1"
HEAD = "SELECT position FROM audit_heads WHERE organization_id = $1"


async def keep(app: Application, organization_id: UUID, *, days: float = 0) -> bool:
    """Keep the counts, so many days from now."""
    async with app.pool.acquire() as connection:
        return await keep_counts(connection, organization_id, utc_now() + timedelta(days=days))


async def sealed_and_kept(app: Application, organization_id: UUID) -> None:
    await seal_all(app, organization_id)
    assert await keep(app, organization_id)


async def test_what_was_written_just_now_is_counted(
    app: Application, organization_id: UUID
) -> None:
    await factories.member(app, organization_id, MemberStatus.CONFIRMED)
    leaves = await factories.member(app, organization_id)
    await sealed_and_kept(app, organization_id)

    await factories.member(app, organization_id, MemberStatus.REVOKED)
    await app.execute(RemoveMember(organization_id, leaves.id), SYSTEM)

    expected = MemberCounts(total=2, confirmed=1, revoked=1)
    assert await kept_counts(app.pool, organization_id) == expected
    assert (
        await app.pool.fetchval(KEPT, organization_id)
        < (await seal_all(app, organization_id)).position
    )
    assert await kept_counts(app.pool, organization_id) == expected


async def test_nothing_is_kept_of_an_organization_without_sealed_events(
    app: Application, organization_id: UUID
) -> None:
    await factories.member(app, organization_id)

    assert not await keep(app, organization_id)

    assert await kept_counts(app.pool, organization_id) is None
    counts = await member_counts.member_counts(app.pool, organization_id)
    assert counts == MemberCounts(total=1, invited=1)


async def test_too_far_behind_members_are_gone_through(
    app: Application, organization_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sealed_and_kept(app, organization_id)
    await factories.members(app, organization_id, 3)
    assert await kept_counts(app.pool, organization_id) is not None
    monkeypatch.setattr(member_counts, "FARTHEST", 2)
    monkeypatch.setattr(member_counter, "FARTHEST", 2)

    assert await kept_counts(app.pool, organization_id) is None
    assert (await member_counts.member_counts(app.pool, organization_id)).total == 3
    assert not await keep(app, organization_id)  # that many are not sealed yet
    await seal_all(app, organization_id)
    assert await keep(app, organization_id)

    assert (await kept_counts(app.pool, organization_id) or MemberCounts()).total == 3


async def work(app: Application, organization_id: UUID, known: list[UUID], seed: int) -> None:
    """Commands of one client; that some are refused is as good."""
    draw = random.Random(seed)  # noqa: S311 - not for secrets
    for _ in range(25):
        made = ProvisionMember(
            organization_id,
            factories.attributes(),
            active=draw.random() < 0.9,
            on_provision=draw.choice(list(OnProvision)),
        )
        if not known or draw.random() < 0.4:
            known.append((await app.execute(made, SYSTEM)).value.id)
            continue
        kind = draw.choice([RevokeMember, RestoreMember, ConfirmMember, RemoveMember])
        with suppress(DomainError):
            await app.execute(kind(organization_id, draw.choice(known)), SYSTEM)


async def test_counts_are_exact_at_every_moment_of_a_busy_organization(
    app: Application, organization_id: UUID
) -> None:
    accepted = [await factories.member(app, organization_id, MemberStatus.ACCEPTED)] * 3
    known = [member.id for member in accepted]
    await sealed_and_kept(app, organization_id)
    busy = True

    async def tidy() -> None:
        while busy:
            async with app.pool.acquire() as connection:
                await seal_batch(connection, organization_id)
            await keep(app, organization_id)

    async def look() -> int:
        looks = 0
        while busy:
            async with (
                app.pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read"),
            ):
                kept = await kept_counts(connection, organization_id)
                assert kept == await counted_anew(connection, organization_id)
            looks += 1
        return looks

    looking = asyncio.create_task(look())
    tidying = [asyncio.create_task(tidy()) for _ in range(2)]
    await asyncio.gather(*[work(app, organization_id, known, seed) for seed in range(6)])
    busy = False

    await asyncio.gather(*tidying)
    assert await looking > 10
    await seal_all(app, organization_id)
    assert await kept_counts(app.pool, organization_id) == await counted_anew(
        app.pool, organization_id
    )


async def test_who_keeps_counts_writes_only_what_is_far_behind(
    app: Application, organization_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_counter, "BEHIND", 4)
    counter = MemberCounter(app.pool)
    await factories.members(app, organization_id, 2)
    await seal_all(app, organization_id)
    await counter.keep_due([organization_id])
    assert await app.pool.fetchval(KEPT, organization_id) is None

    await factories.members(app, organization_id, 2)
    first = (await seal_all(app, organization_id)).position
    other = await factories.organization(app)
    await counter.keep_due([other])
    assert await app.pool.fetchval(KEPT, organization_id) is None
    await counter.keep_due()
    assert await app.pool.fetchval(KEPT, organization_id) == first
    assert await app.pool.fetchval(KEPT, other) is None

    await factories.members(app, organization_id, 3)
    await seal_all(app, organization_id)
    await counter.keep_due([organization_id])
    assert await app.pool.fetchval(KEPT, organization_id) == first
    await factories.members(app, organization_id, 1)
    last = (await seal_all(app, organization_id)).position
    await counter.keep_due([organization_id])
    assert await app.pool.fetchval(KEPT, organization_id) == last
    assert await app.pool.fetchval(HEAD, organization_id) == last


async def test_what_was_changed_past_the_history_is_right_again_the_next_day(
    app: Application,
    organization_id: UUID,
    owner_database_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await factories.members(app, organization_id, 3)
    await sealed_and_kept(app, organization_id)
    owner = await asyncpg.connect(owner_database_url)
    await owner.execute(
        "UPDATE members SET stage = 'STAGED' WHERE organization_id = $1", organization_id
    )
    await owner.close()
    before = MemberCounts(total=3, invited=3)

    assert await keep(app, organization_id)
    assert await kept_counts(app.pool, organization_id) == before
    with caplog.at_level(logging.ERROR, logger=member_counter.__name__):
        assert await keep(app, organization_id, days=1.1)
        assert await keep(app, organization_id, days=1.2)

    after = MemberCounts(total=3, staged=3)
    assert await kept_counts(app.pool, organization_id) == after
    assert [str(organization_id) in record.message for record in caplog.records] == [True]


async def test_counts_that_are_taken_away_are_made_anew(
    app: Application, organization_id: UUID
) -> None:
    await factories.members(app, organization_id, 2)
    await sealed_and_kept(app, organization_id)
    await app.pool.execute("DELETE FROM member_counts WHERE organization_id = $1", organization_id)
    await factories.members(app, organization_id, 1)

    assert (await member_counts.member_counts(app.pool, organization_id)).total == 3
    assert await keep(app, organization_id)

    assert await kept_counts(app.pool, organization_id) == MemberCounts(total=3, invited=3)


async def test_a_seat_limit_begins_with_the_seats_that_are_taken_now(
    app: Application, organization_id: UUID
) -> None:
    for status in (MemberStatus.CONFIRMED, MemberStatus.INVITED, MemberStatus.REVOKED):
        await factories.member(app, organization_id, status)
    await sealed_and_kept(app, organization_id)
    await factories.member(app, organization_id, MemberStatus.ACCEPTED)

    await app.execute(UpdateOrganization(organization_id, seats=5), SYSTEM)

    sql = "SELECT seats_occupied FROM organizations WHERE id = $1"
    assert await app.pool.fetchval(sql, organization_id) == 3
