"""Workers of a process for tests, and how to wait for what they do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from api.runtime import Runtime
from api.workers import Workers
from domain.caller import ALL_SCOPES, system_caller
from domain.commands import CreateAccessToken, CreateOrganization, EnableScim
from domain.ids import UUID, new_id
from tests.api.mail.desk import LINKS


def make_workers(pool: asyncpg.Pool, **given: Any) -> Workers:
    return Workers(pool=pool, **{"mail_links": LINKS} | given)


async def eventually(look: Callable[[], Awaitable[object]], within_s: float = 5) -> None:
    deadline = asyncio.get_running_loop().time() + within_s
    while not await look():
        assert asyncio.get_running_loop().time() < deadline, "it never happened"
        await asyncio.sleep(0.01)


async def access(runtime: Runtime) -> tuple[str, str, str]:
    """A new organization's SCIM base path, key and token."""
    organization, key, token = await opened(runtime)
    return f"/v2/{organization}", key, token


async def opened(runtime: Runtime) -> tuple[UUID, str, str]:
    """A new organization, its key and token."""
    operator = system_caller("test")
    execute = runtime.application.execute
    organization = (await execute(CreateOrganization(f"Acme {new_id()}"), operator)).value
    key = (await execute(EnableScim(organization), operator)).value.secret
    token = await execute(CreateAccessToken(organization, "test", ALL_SCOPES), operator)
    assert key is not None
    return organization, key, token.value.secret
