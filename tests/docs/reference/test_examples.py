"""Every query, mutation and subscription has an example, which runs and answers what is shown.

With WRITE_ANSWERS set, what is answered is written down instead of compared.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from domain.application import Application
from domain.vocabulary import ProvisioningOutcome
from graphql_schema.enums import UserErrorCode
from tests.docs.reference.examples import FOLDER, Example, wanted
from tests.docs.reference.world import World, make_world
from tests.support import factories
from tests.support.database import DatabaseFactory
from tests.support.live import LiveServer, events, heard, live_server
from tests.support.request_log import entry

WANTED = wanted()
READS = [each for each in WANTED if each.folder in {"queries", "organization"}]
CHANGES = [each for each in WANTED if each.folder == "mutations"]
LIVE = [each for each in WANTED if each.folder == "subscriptions"]

OF_SESSIONS = {"signedInAs"}
"""What a token, with which the examples are asked, has none of."""


@pytest.fixture(scope="module")
def changed_database_url(database_factory: DatabaseFactory, worker_id: str) -> str:
    """A database in which the people of the examples have no other accounts."""
    return database_factory.clone(f"reference_changed_{worker_id}").server_url


@pytest.fixture(scope="module")
async def app(changed_database_url: str) -> AsyncIterator[Application]:
    """An application on a database of its own."""
    made = await factories.application(changed_database_url)
    yield made
    await made.pool.close()


@pytest.fixture(scope="module")
def still_database_url(database_factory: DatabaseFactory, worker_id: str) -> str:
    """A database in which nobody carries out what waits in the world of the queries."""
    return database_factory.clone(f"reference_still_{worker_id}").server_url


@pytest.fixture(scope="module")
async def world(still_database_url: str) -> AsyncIterator[World]:
    """What queries look at; they change nothing."""
    app = await factories.application(still_database_url)
    yield await make_world(app)
    await app.pool.close()


@pytest.fixture(scope="module")
def live_database_url(database_factory: DatabaseFactory, worker_id: str) -> str:
    """A database whose background work leaves the worlds of other tests alone."""
    return database_factory.clone(f"reference_{worker_id}").server_url


def test_there_is_an_example_of_everything_and_no_other() -> None:
    here = {path.relative_to(FOLDER) for path in FOLDER.rglob("*.graphql")}
    expected = {each.path.relative_to(FOLDER) for each in WANTED}

    assert sorted(map(str, expected - here)) == []
    assert sorted(map(str, here - expected)) == []
    beside = {path.name.partition(".")[0] for path in FOLDER.rglob("*.json")}
    assert beside <= {path.stem for path in here}


@pytest.mark.parametrize("example", WANTED, ids=lambda each: f"{each.folder}-{each.field}")
def test_an_example_is_one_operation_about_its_field(example: Example) -> None:
    (operation,) = parse(example.query()).definitions

    assert isinstance(operation, OperationDefinitionNode)
    (root,) = operation.selection_set.selections
    assert isinstance(root, FieldNode)
    if example.folder == "organization":
        assert root.selection_set is not None
        (root,) = root.selection_set.selections
        assert isinstance(root, FieldNode)
    assert root.name.value == example.field
    assert operation.name is not None
    assert operation.name.value.lower() == example.field.lower()
    used = {each.variable.name.value for each in operation.variable_definitions or ()}
    assert set(example.variables()) == used


async def check(world: World, example: Example) -> None:
    answers(world, example, await world.caller.ask(example.query(), **sent(world, example)))


def sent(world: World, example: Example) -> dict[str, Any]:
    found: dict[str, Any] = world.sent(example.variables())
    return found


def answers(world: World, example: Example, data: dict[str, Any]) -> None:
    shown = world.shown(data)

    assert all(value is not None or name in OF_SESSIONS for name, value in data.items())
    if os.environ.get("WRITE_ANSWERS"):
        example.write_answer(shown)
    assert shown == example.answer()


@pytest.mark.parametrize("example", READS, ids=lambda each: f"{each.folder}-{each.field}")
async def test_a_query_answers_what_is_shown(world: World, example: Example) -> None:
    await check(world, example)


@pytest.mark.parametrize("example", CHANGES, ids=lambda each: each.field)
async def test_a_mutation_answers_what_is_shown(app: Application, example: Example) -> None:
    await check(await make_world(app, example.field), example)

    (payload,) = example.answer().values()
    assert payload["errors"] == []
    assert payload["changed"] is True


def test_what_is_shown_of_errors_is_of_known_codes() -> None:
    known = {code.value for code in UserErrorCode}
    for example in CHANGES:
        (payload,) = example.answer().values()
        for result in payload.get("results", ()):
            assert {error["code"] for error in result["errors"]} <= known


@pytest.mark.parametrize("example", LIVE, ids=lambda each: each.field)
async def test_a_subscription_tells_what_is_shown(live_database_url: str, example: Example) -> None:
    async with live_server(live_database_url) as server:
        world = await make_world(server.app)
        await server.all_sealed(world.caller)
        async with events(
            server.address, world.caller.secret, example.query(), sent(world, example)
        ) as following:
            await happen(server, world)
            (first,) = await heard(following, 1)

        assert "errors" not in first
        answers(world, example, first["data"])


async def happen(server: LiveServer, world: World) -> None:
    """Something of each kind: a member is confirmed, a request of the provider is refused."""
    input_ = world.sent({"memberId": "mbr_bob"})
    assert (await world.caller.change("confirmMember", "", **input_))["changed"]
    server.workers.request_log.record(
        entry(
            world.caller.organization_id,
            status_code=409,
            outcome=ProvisioningOutcome.REJECTED,
            scim_type="uniqueness",
            detail="Another user has this userName.",
        )
    )
