"""The workers of a process on a real database and mail server, from start to stop."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from api.mail import sender as sender_module
from api.mail.smtp import SmtpServer
from api.settings import SmtpSecurity
from domain.application import Application
from domain.clock import utc_now
from domain.commands import EnableScim, RequestSignInLink
from domain.ids import new_id
from domain.queries.audit_verification import get_chain, verify_chain
from domain.queries.reader import Reader
from domain.store import audit_verifier, member_counter
from domain.store.pool import open_pool
from domain.store.retention import ADVISORY_LOCK, remove_old_requests
from domain.vocabulary import MemberStatus
from tests.api.working import eventually, make_workers
from tests.support import factories
from tests.support.database import ROW_SECURITY, DatabaseFactory, TestDatabase
from tests.support.mail_server import MailServer, hang
from tests.support.request_log import entry
from tests.support.sessions import session, session_id_of


@pytest.fixture(scope="module")
def own_database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database that no other test's workers work on."""
    return database_factory.clone(f"workers_{worker_id}")


@pytest.fixture
async def pool(own_database: TestDatabase) -> AsyncIterator[asyncpg.Pool]:
    opened = await open_pool(own_database.server_url, size=6, row_security=ROW_SECURITY)
    await opened.execute("UPDATE invitations SET state = 'CANCELLED'")
    yield opened
    await opened.close()


async def test_from_a_change_to_sealed_events_mail_and_notice(
    pool: asyncpg.Pool, own_database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "POLL_S", 0.05)
    told: set[str] = set()
    listener = await asyncpg.connect(own_database.server_url)
    await listener.add_listener("rollcall_changes", lambda *about: told.add(about[3]))
    with MailServer() as server:
        smtp = SmtpServer("127.0.0.1", server.port, SmtpSecurity.NONE)
        workers = make_workers(pool, smtp=smtp)
        app = Application(pool, factories.POLICY, workers.changed)
        await workers.start()
        organization_id = await factories.organization(app)
        await factories.member(app, organization_id)
        await pool.execute("UPDATE invitations SET due_at = now() WHERE state = 'QUEUED'")

        async def all_done() -> bool:
            return bool(server.letters) and str(organization_id) in told

        await eventually(all_done)
        await workers.stop()

    unsealed = "SELECT count(*) FROM audit_events WHERE organization_id = $1 AND position IS NULL"
    assert await pool.fetchval(unsealed, organization_id) == 0
    assert await verify_chain(pool, organization_id) is None
    states = "SELECT state FROM invitations WHERE organization_id = $1"
    assert await pool.fetchval(states, organization_id) == "SENT"
    await listener.close()


async def test_a_link_to_sign_in_waits_behind_no_other_mail(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "POLL_S", 0.05)
    with MailServer() as server:
        workers = make_workers(pool, smtp=SmtpServer("127.0.0.1", server.port, SmtpSecurity.NONE))
        app = Application(pool, factories.POLICY, workers.changed)
        organization_id = await factories.organization(app)
        await factories.members(app, organization_id, 3)
        invited = await pool.fetch(
            "UPDATE invitations SET due_at = now() WHERE organization_id = $1 RETURNING email",
            organization_id,
        )
        owner = await factories.member(app, organization_id, MemberStatus.CONFIRMED)
        # The server takes an invitation's recipient and then says nothing for as long as it can.
        server.on_recipient = {row["email"]: hang for row in invited}
        await workers.start()

        async def hangs() -> bool:
            return any(address in server.on_recipient for address in server.attempts)

        await eventually(hangs)
        await app.execute(RequestSignInLink(str(owner.attributes.email)), factories.SYSTEM)

        async def has_come() -> bool:
            return bool(server.letters)

        await eventually(has_come)
        assert [letter.recipients for letter in server.letters] == [[owner.attributes.email]]
        assert len(server.attempts) == 2, "the others wait behind the one that hangs"
    await workers.stop()


async def test_what_is_sealed_is_verified(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verifier, "POLL_S", 0.05)
    workers = make_workers(pool)
    app = Application(pool, factories.POLICY, workers.changed)
    await workers.start()
    organization_id = await factories.organization(app)
    await factories.member(app, organization_id)

    async def verified() -> bool:
        found = await get_chain(Reader(pool), organization_id)
        return found.position >= 2 and found.verified_through == found.position

    await eventually(verified)
    await workers.stop()


async def test_members_are_counted_along_what_is_sealed(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_counter, "BEHIND", 1)
    workers = make_workers(pool)
    app = Application(pool, factories.POLICY, workers.changed)
    await workers.start()
    organization_id = await factories.organization(app)

    for number in (1, 2):  # the second only after the round that looks at all organizations
        await factories.member(app, organization_id)

        async def kept(number: int = number) -> bool:
            sql = "SELECT invited FROM member_counts WHERE organization_id = $1"
            return bool(await pool.fetchval(sql, organization_id) == number)

        await eventually(kept)
    await workers.stop()


async def test_without_a_mail_server_invitations_stay_queued(pool: asyncpg.Pool) -> None:
    workers = make_workers(pool)
    app = Application(pool, factories.POLICY, workers.changed)
    await workers.start()
    organization_id = await factories.organization(app)
    await factories.member(app, organization_id)
    await pool.execute("UPDATE invitations SET due_at = now() WHERE state = 'QUEUED'")
    await asyncio.sleep(0.1)
    await workers.stop()

    states = "SELECT state FROM invitations WHERE organization_id = $1"
    assert await pool.fetchval(states, organization_id) == "QUEUED"


async def test_stopping_writes_everything_that_was_taken(pool: asyncpg.Pool) -> None:
    workers = make_workers(pool)
    app = Application(pool, factories.POLICY, workers.changed)
    await workers.start()
    organization_id = await factories.organization(app)
    await factories.member(app, organization_id)
    for _ in range(1500):
        workers.request_log.record(entry(organization_id))

    began = asyncio.get_running_loop().time()
    await workers.stop()

    assert asyncio.get_running_loop().time() - began < 10
    count = "SELECT count(*) FROM provisioning_requests WHERE organization_id = $1"
    assert await pool.fetchval(count, organization_id) == 1500
    unsealed = "SELECT count(*) FROM audit_events WHERE position IS NULL"
    assert await pool.fetchval(unsealed) == 0


async def test_stopping_before_anything_happened(pool: asyncpg.Pool) -> None:
    workers = make_workers(pool)
    await workers.start()
    await workers.stop()


async def test_expired_invitations_are_marked(pool: asyncpg.Pool) -> None:
    app = Application(pool, factories.POLICY)
    organization_id = await factories.organization(app)
    await factories.member(app, organization_id)
    await pool.execute("UPDATE invitations SET expires_at = now() WHERE state = 'QUEUED'")
    workers = make_workers(pool)
    await workers.start()

    async def expired() -> bool:
        states = "SELECT state FROM invitations WHERE organization_id = $1"
        return bool(await pool.fetchval(states, organization_id) == "EXPIRED")

    await eventually(expired)
    await workers.stop()


async def test_the_use_of_credentials_and_sessions_is_noted_once_a_minute(
    pool: asyncpg.Pool,
) -> None:
    app = Application(pool, factories.POLICY)
    organization_id = await factories.organization(app)
    await app.execute(EnableScim(organization_id), factories.SYSTEM)
    key = await pool.fetchval(
        "INSERT INTO scim_credentials (organization_id, id, connection_id, kind, secret_hash, hint,"
        " created_at) SELECT organization_id, gen_random_uuid(), id, 'API_KEY', '', '', now()"
        " FROM scim_connections WHERE organization_id = $1 RETURNING id",
        organization_id,
    )
    token = await pool.fetchval(
        "INSERT INTO access_tokens (id, name, secret_hash, hint, created_by_kind, created_by_label,"
        " created_at) VALUES (gen_random_uuid(), '', '', '', 'SYSTEM_PROCESS', '', now())"
        " RETURNING id"
    )
    person = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    session_id = session_id_of(await session(app, person.account_id))
    workers = make_workers(pool)
    notes = workers._usage

    async def used() -> list[Any]:
        rows = await pool.fetch(
            "SELECT last_used_at FROM scim_credentials WHERE id = $1"
            " UNION ALL SELECT last_used_at FROM access_tokens WHERE id = $2"
            " UNION ALL SELECT last_seen_at FROM sessions WHERE id = $3",
            key,
            token,
            session_id,
        )
        return [row[0] for row in rows]

    def touch() -> None:
        workers.touch_credential(organization_id, key)
        workers.touch_access_token(token)
        workers.touch_session(session_id)

    assert await used() == [None, None, None]
    touch()
    await notes.write()
    first = await used()
    assert None not in first
    touch()
    await notes.write()
    assert await used() == first  # within the minute
    await notes.write(all_of_it=True)
    assert all(later > earlier for later, earlier in zip(await used(), first, strict=True))


async def test_old_requests_are_removed_by_the_owner_alone(
    pool: asyncpg.Pool, own_database: TestDatabase
) -> None:
    one, other = new_id(), new_id()
    workers = make_workers(pool, owner_url=own_database.owner_url, retention_days=30)
    old, recent = utc_now() - timedelta(days=30, hours=1), utc_now() - timedelta(days=29)
    for organization_id in (one, other):
        for received_at in (old, old, recent):
            workers.request_log.record(entry(organization_id, received_at=received_at))
    await workers.request_log.flush()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with pool.acquire() as server:
            await remove_old_requests(server, utc_now() - timedelta(days=30))

    keys = "INSERT INTO idempotency_keys VALUES ($1, 'a', '', NULL, $2), ($1, 'b', '', NULL, $3)"
    await pool.execute(keys, one, utc_now() - timedelta(hours=25), utc_now() - timedelta(hours=23))

    await workers.start()

    async def removed() -> bool:
        left = "SELECT count(*) FROM provisioning_requests WHERE organization_id = ANY($1)"
        return bool(await pool.fetchval(left, [one, other]) == 2)

    await eventually(removed)
    await workers.stop()
    kept = "SELECT received_at FROM provisioning_requests WHERE organization_id = $1"
    assert await pool.fetchval(kept, one) == recent
    assert [row["key"] for row in await pool.fetch("SELECT key FROM idempotency_keys")] == ["b"]


async def test_two_processes_do_not_remove_at_once(
    pool: asyncpg.Pool, own_database: TestDatabase
) -> None:
    organization_id = new_id()
    workers = make_workers(pool)
    workers.request_log.record(entry(organization_id, received_at=utc_now() - timedelta(days=2)))
    await workers.request_log.flush()
    one, other = [await asyncpg.connect(own_database.owner_url) for _ in range(2)]
    await one.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)

    assert await remove_old_requests(other, utc_now()) == 0
    await one.close()
    await eventually(lambda: remove_old_requests(other, utc_now() - timedelta(days=1)))

    await other.close()
