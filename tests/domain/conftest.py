"""Fixtures of the domain tests: an application on the worker's database, for each module."""

from collections.abc import AsyncIterator, Iterator

import pytest

from api import bulk_work
from domain.application import Application
from domain.caller import Caller
from domain.ids import UUID
from domain.vocabulary import MemberRole
from tests.support import factories
from tests.support.blocking import Blocking, blocking
from tests.support.factories import Looks
from tests.support.guard import Watched, watched


@pytest.fixture(scope="module")
async def app(database_url: str) -> AsyncIterator[Application]:
    """An application with 16 connections, as the server has it."""
    made = await factories.application(database_url)
    yield made
    await made.pool.close()


@pytest.fixture
async def organization_id(app: Application) -> UUID:
    """An organization without members and without a seat limit."""
    return await factories.organization(app)


@pytest.fixture
def looks(app: Application, organization_id: UUID) -> Looks:
    """Reads what the tables hold of that organization."""
    return Looks(app.pool, organization_id)


@pytest.fixture
async def nothing_left_over(app: Application) -> None:
    """No bulk operation of another test waits for a worker, which would work on it as well."""
    await app.pool.execute(
        "UPDATE bulk_operations SET settled_at = now(), finished_at = now(), state = 'CANCELLED'"
        " WHERE settled_at IS NULL"
    )


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bulk operation's members follow one another: it is known how many are at hand."""
    monkeypatch.setattr(bulk_work, "AT_ONCE", 1)


@pytest.fixture(scope="module")
def blocking_app(database_url: str) -> Iterator[Blocking]:
    """An application for tests that are plain functions."""
    with blocking(database_url) as made:
        yield made


@pytest.fixture
async def acme(app: Application) -> Watched:
    """Its provider may take away two members in an hour."""
    return await watched(app)


@pytest.fixture
def admin(acme: Watched) -> Caller:
    """An administrator, no owner."""
    return factories.caller(MemberRole.ADMIN, organization_id=acme.organization_id)
