"""What a round of notices costs: nothing where nobody is to be written to, and it can stop."""

from __future__ import annotations

import pytest

from domain.application import Application
from domain.ids import UUID, new_id
from domain.store import notice_rounds
from domain.store.notice_rounds import queue_reminders, tell_who_waits
from tests.domain.store.noticed import *  # noqa: F403 - its fixtures
from tests.domain.store.noticed import AFTER, GRACE, invited, mails, waiting
from tests.support import factories
from tests.support.counting import counting


def noted_ids(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The ids that are made from now on."""
    made: list[UUID] = []

    def noting() -> UUID:
        made.append(new_id())
        return made[-1]

    monkeypatch.setattr(notice_rounds, "new_id", noting)
    return made


async def test_who_was_reminded_is_not_looked_at_again(
    app: Application, organization_id: UUID
) -> None:
    """Only the first round reads their rows; one that ended in the middle is gone over again."""
    people = [await invited(app, organization_id, hours_ago=80) for _ in range(3)]
    before = "UPDATE invitations SET reminded_at = NULL WHERE organization_id = $1"
    counted, pool = counting(app)

    assert await queue_reminders(app.pool, AFTER) == 3
    # As after a process that ended between the mails and the mark, or of a version without it.
    await app.pool.execute(before, organization_id)
    assert await queue_reminders(counted.pool, AFTER) == 0
    assert len(pool.statements) == 4
    assert await queue_reminders(counted.pool, AFTER) == 0

    assert len(pool.statements) == 5
    assert len(await mails(app, organization_id, "REMINDER")) == len(people)


async def test_a_round_that_finds_nobody_is_one_statement_and_makes_no_ids(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = noted_ids(monkeypatch)
    for _ in range(4):
        organization_id = await factories.organization(app)
        await invited(app, organization_id, hours_ago=71)
        await waiting(app, organization_id, seconds=4)
    counted, pool = counting(app)

    assert await queue_reminders(counted.pool, AFTER) == 0
    assert await tell_who_waits(counted.pool, GRACE) == 0

    assert len(pool.statements) == 2
    assert made == []


async def test_as_many_ids_are_made_as_there_are_mails(
    app: Application, organization_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = noted_ids(monkeypatch)
    await factories.owner(app, organization_id)
    await waiting(app, organization_id)
    for _ in range(2):
        await invited(app, organization_id, hours_ago=80)

    assert await queue_reminders(app.pool, AFTER) == 2
    assert await tell_who_waits(app.pool, GRACE) == 1

    assert len(made) == 3


async def test_a_stop_is_heard_between_two_batches(
    app: Application, organization_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_rounds, "BATCH", 2)
    for _ in range(5):
        await invited(app, organization_id, hours_ago=80)
    elsewhere = await factories.organization(app)
    await invited(app, elsewhere, hours_ago=80)
    for id_ in (organization_id, elsewhere):
        await factories.owner(app, id_)
        await waiting(app, id_)
    answers = iter([False, True, True, True])

    assert await queue_reminders(app.pool, AFTER, lambda: next(answers)) == 2
    assert await tell_who_waits(app.pool, GRACE, lambda: True) == 0

    assert await queue_reminders(app.pool, AFTER) == 4
    assert await tell_who_waits(app.pool, GRACE) == 2
