"""Fixtures of the admin API's tests: an application of the module, a caller of each test."""

from collections.abc import AsyncIterator

import pytest

from domain.application import Application
from tests.support import factories
from tests.support.graphql import Api, api


@pytest.fixture(scope="module")
async def app(database_url: str) -> AsyncIterator[Application]:
    """An application on the worker's database."""
    made = await factories.application(database_url)
    yield made
    await made.pool.close()


@pytest.fixture
async def caller(app: Application) -> Api:
    """A caller with every scope in an organization of its own."""
    return await api(app)
