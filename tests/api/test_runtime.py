"""The composition root opens on a database, brings up its schema, and says what is in the way."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from api.database import (
    DatabaseUrls,
    bring_up_to_date,
    goes_through_pooler,
    newest_revision,
    open_database,
)
from api.runtime import open_runtime
from api.settings import Settings, Switch
from api.start_error import StartError
from domain.caller import system_caller
from domain.commands import CreateOrganization
from domain.migrations import head_revision
from domain.queries.directory import all_organizations
from tests.support.database import ROW_SECURITY, DatabaseFactory, TestDatabase
from tests.support.proxy import Proxy, free_ports, socket_of, through

_END_WHO_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE relation = 'alembic_version'::regclass AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def settings_on(database: TestDatabase, folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=SecretStr(database.server_url),
        database_direct_url=SecretStr(database.owner_url),
    )


def test_newest_revision_is_alembics() -> None:
    assert newest_revision() == head_revision()


async def test_embedded_database_is_made_used_and_stopped(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir)
    async with open_runtime(settings, workers=False, migrate=True, make=True) as runtime:
        await runtime.application.execute(CreateOrganization("Acme"), system_caller("test"))
    assert not list(data_dir.glob("postgresql-*/postmaster.pid"))

    async with open_runtime(settings, workers=False, migrate=True) as runtime:
        assert [entry.name for entry in await all_organizations(runtime.reader)] == ["Acme"]


async def test_interrupted_migration_is_finished_at_the_next_start(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir)
    async with open_runtime(settings, workers=False, migrate=True, make=True) as runtime:
        # Given a start that was killed after the steps, before the rights.
        connection = await asyncpg.connect(runtime.owner_url)
        await connection.execute("REVOKE ALL ON members FROM rollcall_server")
        await connection.close()

    async with open_runtime(settings, workers=False, migrate=True) as runtime:
        assert await runtime.pool.fetchval("SELECT count(*) FROM members") == 0


async def test_another_database_is_migrated_only_while_empty(
    database_factory: DatabaseFactory, data_dir: Path
) -> None:
    database = await asyncio.to_thread(database_factory.clone, "runtime_migrates")
    urls = DatabaseUrls(database.owner_url, database.server_url)
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await bring_up_to_date(urls, embedded=False, row_security=ROW_SECURITY)
        assert await connection.fetchval("SELECT count(*) FROM members") == 0

        await connection.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(StartError, match="a newer version made it"):
            await bring_up_to_date(urls, embedded=False, row_security=ROW_SECURITY)
    finally:
        await connection.close()


async def test_a_database_that_dies_while_a_start_looks_at_it_is_waited_for_if_it_is_our_own(
    worker_database: TestDatabase,
) -> None:
    urls = DatabaseUrls(worker_database.owner_url, worker_database.server_url)
    connection = await asyncpg.connect(worker_database.owner_url)
    try:
        for embedded in (True, False):
            async with connection.transaction():
                await connection.execute("LOCK TABLE alembic_version")
                looking = asyncio.ensure_future(
                    bring_up_to_date(urls, embedded=embedded, row_security=ROW_SECURITY)
                )
                while not await connection.fetchval(_END_WHO_WAITS):
                    assert not looking.done()
                    await asyncio.sleep(0.01)
            if embedded:
                await looking
            else:
                with pytest.raises(StartError, match=r"does not answer: .*terminating connection"):
                    await looking
    finally:
        await connection.close()


async def test_links_of_two_starts_have_the_same_secret(
    worker_database: TestDatabase, data_dir: Path
) -> None:
    settings = settings_on(worker_database, data_dir)
    async with open_runtime(settings, workers=False, migrate=True, make=True) as first:
        keys = [first.mail_links.invitations.secret_key, first.mail_links.sign_in.secret_key]
    async with open_runtime(settings, workers=False, migrate=True) as second:
        links = second.mail_links
        assert [links.invitations.secret_key, links.sign_in.secret_key] == keys
    assert keys[0] != keys[1]


async def test_database_failure_names_neither_user_nor_password(tmp_path: Path) -> None:
    url = SecretStr("postgresql://someone:hidden@127.0.0.1:9/rollcall")
    settings = Settings(data_dir=tmp_path, database_url=url)

    with pytest.raises(StartError) as raised:
        async with open_runtime(settings, workers=False, migrate=True):
            pass

    assert "127.0.0.1:9/rollcall" in str(raised.value)
    assert "hidden" not in str(raised.value)
    assert "someone" not in str(raised.value)


async def test_unusable_data_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    with pytest.raises(StartError, match="ROLLCALL_DATA_DIR"):
        async with open_database(Settings(data_dir=tmp_path / "data")):
            pass


@pytest.mark.parametrize(
    ("direct", "pooled"),
    [
        (None, False),
        ("postgresql://owner@db:5432/rollcall", False),
        ("postgresql://server@db:6432/rollcall", True),
    ],
)
def test_pooler_is_told_by_a_direct_way_past_it(direct: str | None, pooled: bool) -> None:
    settings = Settings(
        database_url=SecretStr("postgresql://server@db:5432/rollcall"),
        database_direct_url=None if direct is None else SecretStr(direct),
    )

    assert goes_through_pooler(settings) is pooled


async def test_row_security_is_refused_behind_a_pooler(
    worker_database: TestDatabase, tmp_path: Path
) -> None:
    pooled = settings_on(worker_database, tmp_path).model_copy(
        update={
            "database_url": SecretStr("postgresql://server@127.0.0.1:6432/rollcall"),
            "row_security": Switch.ON,
        }
    )
    urls = DatabaseUrls(worker_database.owner_url, worker_database.server_url)

    with pytest.raises(StartError, match="ROLLCALL_ROW_SECURITY is not possible behind"):
        async with open_runtime(pooled, workers=False, migrate=False, urls=urls):
            pytest.fail("it was opened")


async def test_server_process_waits_for_a_database_that_restarts(
    worker_database: TestDatabase, tmp_path: Path
) -> None:
    # given a database that is away since the parent of the process has seen it
    (port,) = free_ports(1)
    proxy = Proxy(socket_of(worker_database.superuser_url), port=port)
    urls = DatabaseUrls(
        through(proxy, worker_database.owner_url), through(proxy, worker_database.server_url)
    )
    settings = settings_on(worker_database, tmp_path)

    async def opened() -> int:
        async with open_runtime(settings, workers=False, migrate=False, urls=urls) as runtime:
            found: int = await runtime.pool.fetchval("SELECT 1")
            return found

    opening = asyncio.create_task(opened())
    done, _ = await asyncio.wait({opening}, timeout=0.5)
    assert not done

    # when it is back, then the process starts
    await proxy.open()
    assert await opening == 1
    await proxy.close()
