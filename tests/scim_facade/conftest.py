"""Fixtures of the facade's tests: the facade on the worker's database, and an organization."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.scim_facade.crowd import Crowd, gather
from tests.support.blocking import blocking
from tests.support.scim import Served, World, open_world


@pytest.fixture(scope="module")
async def world(database_url: str) -> AsyncIterator[World]:
    """The facade, one for each module."""
    made = await open_world(database_url)
    yield made
    await made.close()


@pytest.fixture
async def acme(world: World) -> Served:
    """An organization with a key and nobody in it."""
    return await world.organization()


@pytest.fixture(scope="module")
def crowd(database_url: str) -> Iterator[Crowd]:
    """An organization full of people, one for each module."""
    with blocking(database_url) as runner:
        yield runner.run(gather(runner))
