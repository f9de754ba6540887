"""The budgets of the admin API: what may be spent at once, and what comes back with time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api import pace
from api.admission import (
    LINKS_PER_HOUR,
    WRONG_TOKENS_PER_MINUTE,
    Budget,
    admission,
    link_requests,
    wrong_tokens,
)
from api.app import create_app
from api.runtime import open_runtime
from api.settings import Settings
from domain.caller import ALL_SCOPES, Actor, Caller, nobody, system_caller
from domain.commands import CreateAccessToken
from domain.ids import new_id
from domain.vocabulary import ActorKind, Origin
from graphql_schema.services import Wait
from tests.api.test_pace import Clock
from tests.support.database import TestDatabase

TOKEN = new_id()


def waits(found: Wait | None) -> tuple[float, str] | None:
    return None if found is None else (round(found.seconds, 6), found.budget)


def test_sixty_operations_at_once_and_one_a_second_after() -> None:
    clock = Clock()
    budget = Budget(60, 0, clock=clock)

    assert [budget.start(TOKEN) for _ in range(60)] == [None] * 60
    assert waits(budget.start(TOKEN)) == (1.0, "60 operations")
    assert budget.start(new_id()) is None
    clock.now += 1
    assert budget.start(TOKEN) is None
    assert waits(budget.start(TOKEN)) == (1.0, "60 operations")


def test_cost_is_spent_to_the_last_point() -> None:
    clock = Clock()
    budget = Budget(0, 50_000, clock=clock)

    assert budget.left(TOKEN) == 50_000
    assert [budget.spend(TOKEN, 5_000) for _ in range(9)] == [None] * 9
    assert budget.left(TOKEN) == 5_000
    assert waits(budget.spend(TOKEN, 5_001)) == (0.0012, "50000 points of cost")
    assert budget.left(TOKEN) == 5_000
    assert budget.spend(TOKEN, 5_000) is None
    assert budget.left(TOKEN) == 0
    clock.now += 6
    assert budget.left(TOKEN) == 5_000


def test_who_is_refused_for_cost_has_its_operation_back() -> None:
    budget = Budget(2, 10, clock=Clock())

    assert budget.start(TOKEN) is None
    assert budget.spend(TOKEN, 10) is None
    for _ in range(5):
        assert budget.start(TOKEN) is None
        assert isinstance(budget.spend(TOKEN, 1), Wait)
    assert budget.start(TOKEN) is None
    assert isinstance(budget.start(TOKEN), Wait)


def test_what_costs_more_than_the_whole_budget_takes_all_of_it() -> None:
    clock = Clock()
    budget = Budget(0, 10, clock=clock)

    assert budget.spend(TOKEN, 5_000) is None
    assert budget.left(TOKEN) == 0
    assert waits(budget.spend(TOKEN, 5_000)) == (60.0, "10 points of cost")


def test_no_budget_is_no_limit() -> None:
    budget = Budget(0, 0, clock=Clock())

    assert [budget.start(TOKEN) for _ in range(1000)] == [None] * 1000
    assert [budget.spend(TOKEN, 5_000) for _ in range(1000)] == [None] * 1000
    assert budget.left(TOKEN) is None


def test_wrong_tokens_have_a_budget_for_each_address_and_ipv6_network() -> None:
    count = wrong_tokens()
    addresses = ("192.0.2.1", "2001:db8::1", None)

    for address in addresses:
        assert [count(address) for _ in range(WRONG_TOKENS_PER_MINUTE)] == [None] * 30
        assert count(address) == pytest.approx(2, abs=0.1)
    assert count("192.0.2.2") is None
    assert count("2001:db8::ffff:2") is not None
    assert count("2001:db8:0:1::1") is None
    assert count("unix:socket") is None


def test_too_many_wrong_secrets_stand_in_the_log_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    count = wrong_tokens()

    for _ in range(3 * WRONG_TOKENS_PER_MINUTE):
        count("192.0.2.1")
    count("192.0.2.2")

    assert caplog.messages == ["more than 30 wrong secrets a minute from 192.0.2.1"]


def test_memory_is_bounded_when_everybody_spends_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pace, "MAX_REMEMBERED", 100)
    budget = pace.Pace(1, burst=10, clock=Clock())

    for caller in range(1_000):
        assert budget.turn(caller) is None

    assert len(budget._whole_at) <= 100


async def test_the_server_counts_what_its_settings_say(
    served_database: TestDatabase, tmp_path: Path
) -> None:
    assert Settings().graphql_operations_per_minute == 60
    assert Settings().graphql_cost_per_minute == 50_000
    settings = Settings(
        data_dir=tmp_path,
        database_url=SecretStr(served_database.server_url),
        database_direct_url=SecretStr(served_database.owner_url),
        graphql_operations_per_minute=3,
        graphql_cost_per_minute=100,
    )
    operator = system_caller("test")
    async with open_runtime(settings, workers=True, migrate=True) as runtime:
        command = CreateAccessToken(None, "t", ALL_SCOPES)
        secret = (await runtime.application.execute(command, operator)).value.secret
        app: Any = create_app(runtime)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answers = [
                await client.post(
                    "/graphql",
                    json={"query": "{ viewer { scopes } }"},
                    headers={"Authorization": f"Bearer {secret}"},
                )
                for _ in range(4)
            ]
            guesses = [
                await client.post(
                    "/graphql", json={"query": "{a}"}, headers={"Authorization": "Bearer adm_x"}
                )
                for _ in range(WRONG_TOKENS_PER_MINUTE + 1)
            ]
            export = f"/organizations/{new_id()}/audit-export"
            guesses.append(await client.get(export, headers={"Authorization": "Bearer adm_x"}))

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[2].json()["extensions"]["cost"]["remaining"] == 97
    assert answers[3].headers["retry-after"] == "20"
    assert [guess.status_code for guess in guesses] == [401] * 30 + [429] * 2
    assert [guess.headers["retry-after"] for guess in guesses[30:]] == ["2"] * 2


def test_each_kind_of_caller_has_its_own_budget() -> None:
    clock = Clock()
    tokens, people, others = (Budget(most, 0, clock=clock) for most in (1, 2, 3))
    budgets = admission(tokens=tokens, people=people, nobody=others)
    token = Caller(Actor(ActorKind.ACCESS_TOKEN, new_id(), "t"), Origin.ADMIN_API, None)
    account = new_id()
    # The same person, in two organizations and sessions.
    here, there = (
        Caller(
            Actor(ActorKind.MEMBER, new_id(), "ada"),
            Origin.CONSOLE,
            new_id(),
            account_id=account,
            session_id=new_id(),
        )
        for _ in range(2)
    )

    def told(*callers: Caller) -> list[str | None]:
        found = [budgets.start(each) for each in callers]
        return [None if each is None else each.budget for each in found]

    assert told(token, token) == [None, "1 operations"]
    assert told(here, there, here) == [None, None, "2 operations"]
    assert told(*[nobody("192.0.2.1")] * 4) == [None, None, None, "3 operations"]
    assert told(nobody("192.0.2.2"), nobody("2001:db8::1"), nobody("2001:db8::2")) == [None] * 3


def test_an_address_asks_for_so_many_links_an_hour() -> None:
    count = link_requests()

    assert [count("192.0.2.1") for _ in range(LINKS_PER_HOUR)] == [None] * LINKS_PER_HOUR
    assert count("192.0.2.1") == pytest.approx(60, abs=1)
    assert count("192.0.2.2") is None
