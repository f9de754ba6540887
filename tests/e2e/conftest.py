"""Fixtures of the end-to-end tests: a real server with one and with two workers."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.strict_client import strict_client
from tests.support.database import DatabaseFactory
from tests.support.house import House, Resident, open_house


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def house(
    request: pytest.FixtureRequest, database_factory: DatabaseFactory, worker_id: str
) -> Iterator[House]:
    """A server on a database of its own."""
    name = f"{request.node.name.rpartition('/')[2].removesuffix('.py')}_{worker_id}_{request.param}"
    database = database_factory.clone(f"e2e_{name}")
    with open_house(database, workers=request.param) as made:
        yield made


@pytest.fixture
def acme(house: House) -> Resident:
    """An organization of its own."""
    return house.resident()


@pytest.fixture
def client(acme: Resident) -> Iterator[Any]:
    """The strict client."""
    with strict_client(acme) as made:
        yield made
