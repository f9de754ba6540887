"""Fixtures of the admin API's tests: an application of the module, a caller of each test."""

from collections.abc import AsyncIterator

import pytest

from domain.application import Application
from graphql_schema.mutations import sign_in
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


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long two answers that tell nothing wait, in seconds: their work takes 4 and 300 ms."""
    waits: list[float] = []
    moments = iter([10.0, 10.004, 20.0, 20.3])

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 6))

    monkeypatch.setattr(sign_in, "sleep", sleep)
    monkeypatch.setattr(sign_in, "monotonic", lambda: next(moments))
    return waits
