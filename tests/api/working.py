"""Workers of a process for tests, and how to wait for what they do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from api.workers import Workers
from tests.api.mail.desk import LINKS


def make_workers(pool: asyncpg.Pool, **given: Any) -> Workers:
    return Workers(pool=pool, **{"mail_links": LINKS} | given)


async def eventually(look: Callable[[], Awaitable[object]], within_s: float = 5) -> None:
    deadline = asyncio.get_running_loop().time() + within_s
    while not await look():
        assert asyncio.get_running_loop().time() < deadline, "it never happened"
        await asyncio.sleep(0.01)
