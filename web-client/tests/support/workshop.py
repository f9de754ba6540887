"""Makes what browser tests need, in one process beside the test server: organizations, and damage.

Prints the port that it listens on. A request is a line of JSON, `{"make": …}`; so is its answer.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from api.cli.access import create_organization, sign_in_url
from api.database import open_database
from api.runtime import Runtime, open_runtime
from api.settings import Settings
from domain.caller import ALL_SCOPES, system_caller
from domain.commands import CreateAccessToken, CreateOrganization

Answer = dict[str, Any]


async def organization(runtime: Runtime, asked: Answer) -> Answer:
    """As `rollcall init` makes it."""
    access = await create_organization(runtime, asked["name"], asked["owner"])
    return {line.key: line.value for line in access.lines()}


async def bare(runtime: Runtime, asked: Answer) -> Answer:
    """As it is right after it was founded: no members, no SCIM; and a token, to look at it."""
    caller = system_caller("test")
    made = await runtime.application.execute(CreateOrganization(asked["name"]), caller)
    command = CreateAccessToken(made.value, "First token", ALL_SCOPES)
    token = await runtime.application.execute(command, caller)
    return {"accessToken": token.value.secret}


async def sign_in_link(runtime: Runtime, asked: Answer) -> Answer:
    """As `rollcall sign-in-link` makes it."""
    return {"signInUrl": await sign_in_url(runtime, asked["email"])}


async def sql(owner_url: str, statement: str) -> Answer:
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
    return {}


async def main() -> None:
    settings = Settings()
    async with (
        open_database(settings) as urls,
        open_runtime(settings, workers=False, migrate=False, urls=urls) as runtime,
    ):
        makers: dict[str, Callable[[Answer], Awaitable[Answer]]] = {
            "organization": lambda asked: organization(runtime, asked),
            "bare": lambda asked: bare(runtime, asked),
            "signInLink": lambda asked: sign_in_link(runtime, asked),
            "sql": lambda asked: sql(urls.owner, asked["statement"]),
        }

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked = json.loads(await reader.readline())
            try:
                answer = await makers[asked["make"]](asked)
            except Exception as error:  # noqa: BLE001 whoever asked is told
                answer = {"error": repr(error)}
            writer.write(json.dumps(answer, default=str).encode() + b"\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


asyncio.run(main())
