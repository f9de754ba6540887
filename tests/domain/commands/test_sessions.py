"""Sessions: how one begins and ends, and that nobody ends another's."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import asyncpg
import pytest

from domain.application import Application
from domain.caller import Actor, Caller
from domain.commands import EndSession
from domain.commands.sessions import MOST_SESSIONS
from domain.errors import Forbidden, NotFound
from domain.ids import UUID, new_id
from domain.store.account_rows import ensure_account
from domain.store.sign_in_links import SignInPolicy
from domain.vocabulary import ActorKind, Origin, SignInMethod
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.sessions import SignIn, session, session_id_of


@pytest.fixture
async def account_id(app: Application) -> UUID:
    email = f"{factories.unique('ann')}@example.com"
    async with app.pool.acquire() as connection, connection.transaction():
        created_at = await connection.fetchval("SELECT now()")
        return await ensure_account(connection, email=email, display_name="Ann", now=created_at)


def person(account_id: UUID) -> Caller:
    actor = Actor(ActorKind.ACCOUNT, account_id, "ann@example.com")
    return Caller(actor, Origin.CONSOLE, UUID(int=0), frozenset(), account_id=account_id)


async def row(app: Application, secret: str) -> asyncpg.Record:
    found = await app.pool.fetchrow("SELECT * FROM sessions WHERE id = $1", session_id_of(secret))
    assert found is not None
    return found


async def test_what_a_session_keeps(app: Application, account_id: UUID) -> None:
    organization_id = new_id()

    secret = await session(
        app,
        account_id,
        method=SignInMethod.OIDC,
        sso_organization_id=organization_id,
        user_agent="Browser\0 1.0",
    )

    kept = await row(app, secret)
    assert (kept["account_id"], kept["method"], kept["sso_organization_id"]) == (
        account_id,
        "OIDC",
        organization_id,
    )
    assert (kept["user_agent"], kept["ip"]) == ("Browser 1.0", "192.0.2.1")
    assert kept["expires_at"] == kept["created_at"] + timedelta(days=7)
    assert (kept["ended_at"], kept["last_seen_at"]) == (None, None)
    assert secret.startswith(f"ses_{kept['id'].hex}_")
    assert secret not in str(dict(kept))
    assert len(kept["secret_hash"]) == len(sha256().digest())


async def test_a_session_lives_as_long_as_the_settings_say(
    app: Application, account_id: UUID
) -> None:
    policy = SignInPolicy(b"a key", session_lifetime=timedelta(hours=1))
    brief = Application(app.pool, factories.POLICY, sign_in=policy)

    kept = await row(app, await session(brief, account_id))

    assert kept["expires_at"] == kept["created_at"] + timedelta(hours=1)


async def test_a_person_ends_a_session_once(app: Application, account_id: UUID) -> None:
    first, other = await session(app, account_id), await session(app, account_id)

    ended = await app.execute(EndSession(session_id_of(first)), person(account_id))
    at = (await row(app, first))["ended_at"]
    again = await app.execute(EndSession(session_id_of(first)), person(account_id))

    assert (ended.changed, again.changed) == (True, False)
    assert at is not None
    assert (await row(app, first))["ended_at"] == at
    assert (await row(app, other))["ended_at"] is None


async def test_nobody_ends_the_session_of_another(app: Application, account_id: UUID) -> None:
    secret = await session(app, account_id)

    with pytest.raises(NotFound, match=r"^There is no such session\.$"):
        await app.execute(EndSession(session_id_of(secret)), person(new_id()))
    with pytest.raises(NotFound):
        await app.execute(EndSession(new_id()), person(account_id))
    with pytest.raises(Forbidden):
        await app.execute(EndSession(session_id_of(secret)), SYSTEM)

    assert (await row(app, secret))["ended_at"] is None


async def test_one_more_than_are_kept_ends_the_oldest(app: Application, account_id: UUID) -> None:
    first = await session(app, account_id)
    second = await session(app, account_id)
    for _ in range(MOST_SESSIONS - 2):
        await session(app, account_id)
    assert (await row(app, first))["ended_at"] is None

    newest = await session(app, account_id)

    assert (await row(app, first))["ended_at"] is not None
    assert (await row(app, second))["ended_at"] is None
    assert (await row(app, newest))["ended_at"] is None


async def test_nobody_unknown_gets_a_session(app: Application) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await app.execute(SignIn(new_id()), SYSTEM)
