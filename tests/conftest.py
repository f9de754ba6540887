"""Fixtures that every test may use: the event loop and a migrated database of its worker."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.support import database
from tests.support.network import LocalLoop, forbid_other_machines

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Opens the run once, in the process that the person started."""
    forbid_other_machines()
    if not hasattr(config, "workerinput"):
        database.open_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Closes what `pytest_configure` opened."""
    if not hasattr(config, "workerinput"):
        database.close_run()


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Asynchronous tests run on uvloop, as the server does."""
    return "asyncio", {"loop_factory": LocalLoop}


@pytest.fixture(scope="session")
def database_factory() -> Iterator[database.DatabaseFactory]:
    """Clones further databases, for tests that look at all of one: `.clone("unique_name")`."""
    with database.running_cluster() as factory:
        yield factory


@pytest.fixture(scope="session")
def worker_database(
    database_factory: database.DatabaseFactory, worker_id: str
) -> database.TestDatabase:
    """This worker's own migrated database; tests make their own organizations in it."""
    return database_factory.clone(worker_id)


@pytest.fixture(scope="session")
def database_url(worker_database: database.TestDatabase) -> str:
    """The worker's database as the running server sees it."""
    return worker_database.server_url


@pytest.fixture(scope="session")
def owner_database_url(worker_database: database.TestDatabase) -> str:
    """The worker's database as migrations and retention see it."""
    return worker_database.owner_url
