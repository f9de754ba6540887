"""A pass over the list when something happens in between: keys change, answers get lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.confirming.choice import Choice
from api.confirming.hourly_budget import HourlyBudget
from api.confirming.key_source import KeyFile
from api.confirming.outcome import Outcome, Result
from api.confirming.run import ConfirmingRun
from api.confirming.stop import Stop
from api.confirming.watch import confirm_once
from api.remote.errors import Unreachable
from api.remote.introduction import Introduction
from api.remote.key_file import read_key_file
from api.remote.server import RemoteServer
from api.remote.work_list import WorkList, find_place
from domain.vocabulary import KeyHandshake
from tests.support.key_pairs import keys
from tests.support.keyed import give_keys
from tests.support.keyed_house import KeyedResident

Between = Callable[[], None]


class Meddled(WorkList):
    """Something happens before the first confirmation reaches the server, or after it."""

    before: Between = staticmethod(lambda: None)
    after: Between = staticmethod(lambda: None)

    async def confirm(self, members: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """As it is, with what happens."""
        before, self.before = self.before, lambda: None
        await asyncio.to_thread(before)
        results = await super().confirm(members)
        after, self.after = self.after, lambda: None
        await asyncio.to_thread(after)
        return results


def confirm(
    harbour: KeyedResident, meddle: Callable[[Meddled], None], budget: HourlyBudget
) -> list[Outcome]:
    """What a run says that meets what `meddle` does."""
    said: list[Outcome] = []

    async def run() -> None:
        url = harbour.house.server.url
        async with RemoteServer(url, Introduction(token=harbour.token)) as server:
            work = Meddled(server, await find_place(server, None))
            meddle(work)
            made = ConfirmingRun(work, Choice(), KeyFile(harbour.key_file), budget, said.append)
            await confirm_once(made, Stop())

    asyncio.run(run())
    return said


def test_a_key_that_changes_meanwhile_is_read_again(harbour: KeyedResident) -> None:
    ada = harbour.guest()
    new = keys(1001)

    def change_keys() -> None:
        blocking = harbour.house.blocking
        assert blocking.run(give_keys(blocking.app, ada.member, new))

    said = confirm(harbour, lambda work: setattr(work, "before", change_keys), HourlyBudget(None))

    assert [(each.label, each.result) for each in said] == [(ada.email, Result.CONFIRMED)]
    assert harbour.confirmations()[ada.email] == 1
    assert harbour.key_of(replace(ada, held=new)) == read_key_file(harbour.key_file)


def test_an_answer_that_gets_lost_is_found_out(harbour: KeyedResident, tmp_path: Path) -> None:
    guests = [harbour.guest() for _ in range(3)]
    budget = HourlyBudget(3, tmp_path / "state.json")

    def lose() -> None:
        raise Unreachable("The line is cut.")

    said = confirm(harbour, lambda work: setattr(work, "after", lose), budget)

    assert sorted((each.label, each.result, each.message) for each in said) == sorted(
        (guest.email, Result.CONFIRMED, "found so after an answer was lost") for guest in guests
    )
    counts = harbour.confirmations()
    assert [counts[guest.email] for guest in guests] == [1, 1, 1]
    assert budget.left(["another"]) == set()
    budget.close()


def test_a_question_that_gets_lost_is_asked_again(harbour: KeyedResident) -> None:
    ada = harbour.guest()

    def lose() -> None:
        raise Unreachable("The line is cut.")

    said = confirm(harbour, lambda work: setattr(work, "before", lose), HourlyBudget(1))

    assert [(each.label, each.result) for each in said] == [(ada.email, Result.CONFIRMED)]
    assert harbour.confirmations()[ada.email] == 1


@pytest.mark.parametrize("on", [True, False])
def test_a_handshake_that_is_switched_meanwhile(harbour: KeyedResident, on: bool) -> None:
    run = harbour.house.blocking.run
    before, after = (
        (KeyHandshake.OFF, KeyHandshake.REQUIRED)
        if on
        else (KeyHandshake.REQUIRED, KeyHandshake.OFF)
    )
    ada = harbour.guest()
    run(harbour.keyed.require(before))

    def switch() -> None:
        run(harbour.keyed.require(after))

    said = confirm(harbour, lambda work: setattr(work, "before", switch), HourlyBudget(None))

    assert [(each.label, each.result) for each in said] == [(ada.email, Result.CONFIRMED)]
    assert harbour.confirmations()[ada.email] == 1
    if on:
        assert harbour.key_of(ada) == read_key_file(harbour.key_file)


def test_who_is_revoked_meanwhile_is_refused(harbour: KeyedResident) -> None:
    ada, bea = harbour.guest(), harbour.guest()

    said = confirm(
        harbour, lambda work: setattr(work, "before", lambda: harbour.revoke(ada)), HourlyBudget(5)
    )

    results = {each.label: each.result for each in said}
    assert results == {ada.email: Result.REFUSED, bea.email: Result.CONFIRMED}
    assert harbour.confirmations()[ada.email] == 0
