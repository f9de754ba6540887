"""Organizations in a database of their own, where people are invited and wait to be confirmed.

A test module imports the fixtures: `from tests.domain.store.noticed import *` names all there is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from domain.application import Application
from domain.commands import Member
from domain.ids import UUID
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.database import DatabaseFactory

__all__ = ["app", "organization_id", "own_database_url"]

AFTER = timedelta(hours=72)
GRACE = timedelta(seconds=10)


@pytest.fixture(scope="module")
def own_database_url(database_factory: DatabaseFactory, worker_id: str) -> str:
    """A database of these tests alone: they look at all organizations in it."""
    return database_factory.clone(f"notices_{worker_id}").server_url


@pytest.fixture
async def app(own_database_url: str) -> AsyncIterator[Application]:
    """An application on that database, in which nobody is invited or waits."""
    made = await factories.application(own_database_url)
    await made.pool.execute("UPDATE invitations SET state = 'CANCELLED'")
    await made.pool.execute("UPDATE members SET stage = 'INVITED' WHERE stage = 'ACCEPTED'")
    await made.pool.execute("UPDATE mails SET state = 'CANCELLED'")
    yield made
    await made.pool.close()


@pytest.fixture
async def organization_id(app: Application) -> UUID:
    return await factories.organization(app)


async def invited(app: Application, organization_id: UUID, *, hours_ago: float) -> Member:
    """A member whose invitation was sent so long ago."""
    person = await factories.member(app, organization_id)
    await app.pool.execute(
        "UPDATE invitations SET state = 'SENT', sent_at = now() - $3::interval"
        " WHERE organization_id = $1 AND member_id = $2",
        organization_id,
        person.id,
        timedelta(hours=hours_ago),
    )
    return person


async def waiting(app: Application, organization_id: UUID, *, seconds: float = 60) -> Member:
    """A member who accepted so long ago."""
    person = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    await app.pool.execute(
        "UPDATE members SET accepted_at = now() - $3::interval"
        " WHERE organization_id = $1 AND id = $2",
        organization_id,
        person.id,
        timedelta(seconds=seconds),
    )
    return person


async def mails(app: Application, organization_id: UUID, kind: str) -> list[asyncpg.Record]:
    found: list[asyncpg.Record] = await app.pool.fetch(
        "SELECT * FROM mails WHERE organization_id = $1 AND kind = $2 ORDER BY id",
        organization_id,
        kind,
    )
    return found
