"""The SQL of scim2-server's storage: locked, whole or not at all, found by its columns."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from bench.peers import database
from bench.peers.scim2_server.documents import Documents, Keys, Stored
from tests.support.database import TestDatabase


@pytest.fixture
async def documents(worker_database: TestDatabase) -> AsyncIterator[Documents]:
    """A database with 12 users and a group of the first 10."""
    name = f"{urlsplit(worker_database.superuser_url).path.lstrip('/')}_documents"
    url = await database.make(worker_database.superuser_url, worker_database.owner_url, name)
    await database.fill(url, 12, [10])
    async with asyncpg.create_pool(url, min_size=1, max_size=8) as pool:
        yield Documents(pool)


async def only(documents: Documents, number: int) -> Stored:
    (found,) = await documents.find("users", "user_name", f"seed-{number}@example.com")
    return found


async def test_pages_and_lookups(documents: Documents) -> None:
    total, rows = await documents.page("users", 5, 10)
    assert total == 12
    names = [json.loads(row.document)["userName"] for row in rows]
    assert names == ["seed-11@example.com", "seed-12@example.com"]

    found = await only(documents, 7)
    assert await documents.get("users", found.id) == found
    assert await documents.find("users", "external_id", "ext-seed-7") == [found]
    assert await documents.find("users", "display_name", "given family7") == [found]
    assert await documents.find("users", "external_id", "EXT-SEED-7") == []
    assert await documents.get("groups", found.id) is None


async def test_a_user_name_is_taken_once(documents: Documents) -> None:
    keys = Keys("new@example.com", None, None)

    answers = await asyncio.gather(
        *(documents.insert("users", f"new-{number}", keys, "{}") for number in range(8)),
        return_exceptions=True,
    )

    stored = [answer for answer in answers if isinstance(answer, Stored)]
    refused = [answer for answer in answers if isinstance(answer, asyncpg.UniqueViolationError)]
    assert (len(stored), len(refused)) == (1, 7)
    assert await documents.find("users", "user_name", "new@example.com") == stored


async def test_concurrent_changes_of_a_group_wait_for_each_other(documents: Documents) -> None:
    _, (group,) = await documents.page("groups", 1, 0)
    keys = Keys(None, None, "group of 10")

    async def add(value: str) -> None:
        async with documents.transaction():
            present = await documents.get("groups", group.id, lock=True)
            assert present is not None
            document = json.loads(present.document)
            document["members"].append({"value": value})
            text = json.dumps(document)
            await documents.update("groups", group.id, present.version, keys, text)

    await asyncio.gather(*(add(f"more-{number}") for number in range(20)))

    after = await documents.get("groups", group.id)
    assert after is not None
    members = [member["value"] for member in json.loads(after.document)["members"]]
    assert sorted(members[10:]) == sorted(f"more-{number}" for number in range(20))
    assert after.version == 21
    assert after.created == group.created


async def test_what_fails_changes_nothing(documents: Documents) -> None:
    found = await only(documents, 1)
    keys = Keys("seed-1@example.com", None, None)

    async def change_and_fail() -> None:
        async with documents.transaction():
            assert await documents.update("users", found.id, 1, keys, "{}") is not None
            raise RuntimeError("not applied")

    with pytest.raises(RuntimeError, match="not applied"):
        await change_and_fail()
    async with documents.transaction():
        assert await documents.update("users", found.id, 2, keys, "{}") is None
        assert not await documents.delete("users", found.id, 2)
    with pytest.raises(RuntimeError, match="inside a transaction"):
        await documents.delete("users", found.id, None)
    with pytest.raises(ValueError, match="pg_class"):
        await documents.get("pg_class", "1")

    assert await documents.get("users", found.id) == found


async def test_delete(documents: Documents) -> None:
    found = await only(documents, 2)

    async with documents.transaction():
        assert await documents.delete("users", found.id, 1)

    assert await documents.get("users", found.id) is None
    assert (await documents.page("users", 1, 0))[0] == 11
