"""Fixtures that every test may use: the event loop and a migrated database of its worker."""

import signal
from collections.abc import Iterator
from pathlib import Path
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
    # A shell starts what it leaves in the background deaf to Ctrl-C, and children inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        database.open_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Closes what `pytest_configure` opened."""
    if not hasattr(config, "workerinput"):
        database.close_run()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps the tests of a folder together, in whatever order they and the folders have come.

    What they share, a server for one, is begun once and ends with the last of them.
    """
    turns: dict[Path, int] = {}
    for item in items:
        turns.setdefault(item.path.parent, len(turns))
    items.sort(key=lambda item: turns[item.path.parent])


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
