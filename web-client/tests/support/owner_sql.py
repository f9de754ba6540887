"""Runs SQL as the owner of the test server's database, to break what a test needs broken."""

import asyncio
import sys

import asyncpg

from api.database import open_database
from api.settings import Settings


async def run(statements: list[str]) -> None:
    async with open_database(Settings()) as urls:
        connection = await asyncpg.connect(urls.owner)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


asyncio.run(run(sys.argv[1:]))
