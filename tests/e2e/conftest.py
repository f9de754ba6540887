"""Fixtures of the end-to-end tests: a real server with one and with two workers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest

from tests.e2e.strict_client import strict_client
from tests.support.database import DatabaseFactory
from tests.support.house import House, Resident, open_house


@pytest.fixture(scope="package")
def houses(database_factory: DatabaseFactory, worker_id: str) -> Iterator[Callable[[int], House]]:
    """The house whose server has so many workers, on a database of its own."""
    with ExitStack() as stack:

        @cache
        def opened(workers: int) -> House:
            database = database_factory.clone(f"e2e_{worker_id}_{workers}")
            return stack.enter_context(open_house(database, workers=workers))

        yield opened


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def house(request: pytest.FixtureRequest, houses: Callable[[int], House]) -> House:
    """A server with one worker, and one with two."""
    return houses(request.param)


@pytest.fixture
def acme(house: House) -> Resident:
    """An organization of its own."""
    return house.resident()


@pytest.fixture
def client(acme: Resident) -> Iterator[Any]:
    """The strict client."""
    with strict_client(acme) as made:
        yield made
