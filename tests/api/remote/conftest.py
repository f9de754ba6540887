"""A server that limits each token, for programs that ask it over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.database import DatabaseFactory
from tests.support.house import House, Resident, open_house

OPERATIONS = 30


@pytest.fixture(scope="package")
def house(database_factory: DatabaseFactory, worker_id: str) -> Iterator[House]:
    limits = {"ROLLCALL_GRAPHQL_OPERATIONS_PER_MINUTE": str(OPERATIONS)}
    with open_house(database_factory.clone(f"remote_{worker_id}"), env=limits) as made:
        yield made


@pytest.fixture
def acme(house: House) -> Resident:
    return house.resident()
