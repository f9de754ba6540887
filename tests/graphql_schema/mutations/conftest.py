"""A world of two organizations for each test."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from graphql_schema.app import graphql_app
from tests.graphql_schema.mutations import world as worlds
from tests.graphql_schema.mutations.world import World
from tests.support.graphql import services


@pytest.fixture(scope="module")
async def statement(app: Application) -> str:
    """Reads all that belongs to an organization."""
    return await worlds.dump_statement(app.pool)


@pytest.fixture(scope="module")
def asgi(app: Application) -> Any:
    """The admin API."""
    return graphql_app(services(app))


@pytest.fixture
async def world(app: Application, statement: str, asgi: Any) -> World:
    """Two organizations, and a caller with every scope in the first."""
    return await worlds.world(app, statement, asgi)
