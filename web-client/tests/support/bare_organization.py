"""Makes an organization that has nothing yet: no SCIM, no members, one token. Prints it as JSON."""

import asyncio
import json
import sys

from api.runtime import open_runtime
from api.settings import Settings
from domain.caller import ALL_SCOPES, system_caller
from domain.commands import CreateAccessToken, CreateOrganization


async def make(name: str) -> dict[str, str]:
    async with open_runtime(Settings(), workers=False, migrate=False) as runtime:
        execute = runtime.application.execute
        caller = system_caller("test")
        organization_id = (await execute(CreateOrganization(name), caller)).value
        command = CreateAccessToken(organization_id, "First token", ALL_SCOPES)
        token = (await execute(command, caller)).value
        return {"accessToken": token.secret}


print(json.dumps(asyncio.run(make(sys.argv[1]))))
