"""Callers have budgets: of operations and of cost a minute, of wrong tokens a minute."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.application import Application
from domain.caller import Caller
from domain.secrets import make_secret
from domain.vocabulary import Scope
from graphql_schema.app import graphql_app
from graphql_schema.services import Admission, Wait
from tests.support import factories
from tests.support.graphql import MODERN, Api, send, services, token

CHEAP = "{ viewer { scopes } }"


class Counting:
    """Says what a test wants, and writes down what it was asked."""

    def __init__(self) -> None:
        self.begun: list[Caller] = []
        self.spent: list[int] = []
        self.begins: Wait | None = None
        self.spends: Wait | None = None

    def begin(self, caller: Caller) -> Wait | None:
        self.begun.append(caller)
        return self.begins

    def spend(self, _caller: Caller, cost: int) -> Wait | None:
        self.spent.append(cost)
        return self.spends

    def left(self, _caller: Caller) -> int | None:
        return 1234


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def limited(app: Application, caller: Api, counting: Counting) -> Api:
    """A caller whose operations are counted."""
    admission = Admission(start=counting.begin, spend=counting.spend, left=counting.left)
    return replace(caller, asgi=graphql_app(services(app, admission=admission)))


def refusal_of(response: httpx.Response) -> dict[str, Any]:
    body = response.json()
    assert "data" not in body
    (error,) = body["errors"]
    found: dict[str, Any] = error
    return found


@pytest.mark.parametrize("accept", ["application/json", MODERN])
async def test_too_many_operations_are_429_whatever_the_client_accepts(
    limited: Api, counting: Counting, accept: str
) -> None:
    counting.begins = Wait(7.2, "60 operations")

    response = await limited.post(CHEAP, headers={"accept": accept})

    assert (response.status_code, response.headers["retry-after"]) == (429, "8")
    assert response.headers["content-type"] == accept
    error = refusal_of(response)
    assert error["message"] == "At most 60 operations a minute; try again in 8 s."
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 8}
    # Nothing was read, and so nothing of the second budget was asked for.
    assert len(counting.begun) == 1
    assert counting.spent == []


async def test_too_much_cost_is_429_and_changes_nothing(
    app: Application, limited: Api, counting: Counting
) -> None:
    counting.spends = Wait(0.01, "50000 points of cost")
    mutation = "mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { changed } }"
    given = {"organizationId": limited.org, "email": "ada@example.com"}

    response = await limited.post(mutation, {"input": given})

    assert (response.status_code, response.headers["retry-after"]) == (429, "1")
    assert refusal_of(response)["message"] == (
        "At most 50000 points of cost a minute; try again in 1 s."
    )
    assert counting.spent == [10]
    assert response.json()["extensions"]["cost"] == {
        "requested": 10,
        "limit": 5000,
        "remaining": 1234,
    }
    looks = factories.Looks(app.pool, limited.organization_id)
    assert await looks.rows("SELECT id FROM members WHERE organization_id = $1") == []


async def test_an_operation_that_is_refused_for_itself_costs_no_points(
    limited: Api, counting: Counting
) -> None:
    for query in ("{", "{ nothing }", "{ organizations(first: 100) { nodes { ...F } } }"):
        await limited.post(query)
    nobody = await limited.with_scopes(Scope.GROUPS_READ)
    await nobody.post("{ organizations { nodes { id } } }")

    assert (len(counting.begun), counting.spent) == (4, [])
    await limited.post(CHEAP)
    assert (len(counting.begun), counting.spent) == (5, [1])


async def test_wrong_tokens_are_counted_by_address_and_right_ones_get_in(
    app: Application, caller: Api
) -> None:
    counted: list[str | None] = []
    full = False

    def wrong(ip: str | None) -> float | None:
        counted.append(ip)
        return 3.5 if full else None

    asgi = graphql_app(services(app, wrong_token=wrong))
    guess = {"authorization": f"Bearer {make_secret('adm', caller.organization_id).text}"}
    right = {"authorization": f"Bearer {caller.secret}"}

    assert (await send(asgi, {"query": CHEAP}, guess)).status_code == 401
    # Who brings none guesses nothing.
    assert (await send(asgi, {"query": CHEAP}, {})).status_code == 401
    full = True
    response = await send(asgi, {"query": CHEAP}, guess)
    assert (await send(asgi, {"query": CHEAP}, right)).status_code == 200

    assert (response.status_code, response.headers["retry-after"]) == (429, "4")
    assert "www-authenticate" not in response.headers
    error = refusal_of(response)
    assert error["message"] == "Too many wrong tokens; try again in 4 s."
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 4}
    assert counted == ["127.0.0.1", "127.0.0.1"]


async def test_tokens_of_one_organization_have_budgets_of_their_own(
    app: Application, limited: Api, counting: Counting
) -> None:
    other = replace(limited, secret=(await token(app, limited.organization_id)).secret)
    for each in (limited, other, limited):
        await each.post(CHEAP)

    first, second, third = counting.begun
    assert first.actor == third.actor
    assert first.actor != second.actor
