"""A SCIM client that calls the facade as a server would, and an organization for it to call.

world = await open_world(database_url)
acme = await world.organization()
answer = await acme.post("/Users", {"userName": "ada@example.com"})
assert answer.status == 201
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import asyncpg

from domain.application import Application
from domain.caller import Caller
from domain.commands import EnableScim, UpdateScimConnection
from domain.ids import UUID
from domain.provisioning_entry import ProvisioningEntry
from domain.queries.reader import Reader
from scim_facade.app import ScimApp, scim_app
from scim_facade.services import ScimServices
from tests.support import factories
from tests.support.contents import CONTENTS, ORGANIZATION
from tests.support.factories import Looks
from tests.support.scim_call import ERROR, SCIM_JSON, Headers, ScimAnswer, call

PUBLIC_URL = "https://rollcall.example"
TOKEN_KEY = b"signs access tokens of tests, and of tests only"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MEMBERSHIP = "urn:rollcall:scim:schemas:membership:1.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

__all__ = ["ERROR", "SCIM_JSON", "ScimAnswer"]

Body = Mapping[str, Any] | bytes | None


@dataclass(slots=True)
class RecordingLog:
    """A request log that keeps everything."""

    entries: list[ProvisioningEntry] = field(default_factory=list)

    def record(self, entry: ProvisioningEntry) -> None:
        """Keep the entry."""
        self.entries.append(entry)

    def last(self) -> ProvisioningEntry:
        """The newest entry."""
        return self.entries[-1]


@dataclass(frozen=True, slots=True)
class Served:
    """An organization with provisioning on, and a client that holds its key."""

    world: World
    organization_id: UUID
    key: str
    credential_id: UUID

    @property
    def base(self) -> str:
        """The base URL that answers name."""
        return f"{PUBLIC_URL}/v2/{self.organization_id}"

    @property
    def looks(self) -> Looks:
        """The organization's tables."""
        return Looks(self.world.app.pool, self.organization_id)

    @property
    def log(self) -> list[ProvisioningEntry]:
        """The request log of this organization."""
        return [e for e in self.world.log.entries if e.organization_id == self.organization_id]

    async def request(
        self, method: str, path: str, body: Body = None, headers: Headers | None = None
    ) -> ScimAnswer:
        """Send with the organization's key; a header of None is not sent."""
        sent: dict[str, str | None] = {"authorization": f"Bearer {self.key}"}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        if body is not None:
            sent["content-type"] = SCIM_JSON
            sent["content-length"] = str(len(body))
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        return await call(self.world.scim, method, f"/v2/{self.organization_id}{path}", sent, body)

    async def get(self, path: str, **headers: str) -> ScimAnswer:
        """GET; `_` in a header's name stands for `-`."""
        return await self.request("GET", path, None, _named(headers))

    async def post(self, path: str, body: Body, **headers: str) -> ScimAnswer:
        """POST."""
        return await self.request("POST", path, body, _named(headers))

    async def put(self, path: str, body: Body, **headers: str) -> ScimAnswer:
        """PUT."""
        return await self.request("PUT", path, body, _named(headers))

    async def patch(self, path: str, *operations: Mapping[str, Any], **headers: str) -> ScimAnswer:
        """PATCH with these operations."""
        return await self.request("PATCH", path, patch_body(*operations), _named(headers))

    async def delete(self, path: str, **headers: str) -> ScimAnswer:
        """DELETE."""
        return await self.request("DELETE", path, None, _named(headers))

    async def standing(self, id_: str) -> Any:
        """The membership extension of a user, which is returned on request."""
        answer = await self.get(f"/Users/{id_}?attributes={MEMBERSHIP}")
        assert answer.status == 200, answer.body
        assert answer["schemas"][-1] == MEMBERSHIP
        return answer[MEMBERSHIP]

    async def find(self, endpoint: str, filter_: str) -> list[str]:
        """Ids of the resources under `endpoint` that meet the filter."""
        answer = await self.get(f"{endpoint}?count=1000&filter={quote(filter_)}")
        assert answer.status == 200, answer.body
        found = answer.json
        assert found["totalResults"] == found["itemsPerPage"] == len(found["Resources"])
        return [resource["id"] for resource in found["Resources"]]

    async def user(self, user_name: str | None = None, /, **given: Any) -> ScimAnswer:
        """A created user; `given` are further attributes."""
        name = user_name or factories.unique("user") + "@example.com"
        answer = await self.post("/Users", {"schemas": [USER], "userName": name} | given)
        assert answer.status == 201, answer.body
        return answer

    async def group(self, *member_ids: str, name: str | None = None, **given: Any) -> ScimAnswer:
        """A created group with those members."""
        body = {
            "schemas": [GROUP],
            "displayName": name or factories.unique("group"),
            "members": [{"value": member_id} for member_id in member_ids],
        }
        answer = await self.post("/Groups", body | given)
        assert answer.status == 201, answer.body
        return answer

    async def settings(self, **switches: Any) -> None:
        """Set switches of the connection, and let go of what is remembered of it."""
        command = UpdateScimConnection(self.organization_id, **switches)
        await self.world.app.execute(command, factories.SYSTEM)
        self.world.forget()

    async def everything(self) -> dict[str, Any]:
        """All that the organization's tables hold, to find out whether anything changed."""
        return {
            table: [dict(row) for row in await self.looks.rows(sql)]
            for table, sql in (CONTENTS | ORGANIZATION).items()
        }


@dataclass(slots=True)
class World:
    """The facade on a database, with its log and the keys that were used."""

    app: Application
    log: RecordingLog
    used: list[tuple[UUID, UUID]]
    services: ScimServices
    scim: ScimApp

    async def organization(self, **given: Any) -> Served:
        """A new organization with a key; `given` goes to `factories.organization`."""
        organization_id = await factories.organization(self.app, **given)
        caller: Caller = factories.SYSTEM
        issued = (await self.app.execute(EnableScim(organization_id), caller)).value
        assert issued.secret is not None
        assert issued.credential_id is not None
        return Served(self, organization_id, issued.secret, issued.credential_id)

    def forget(self) -> None:
        """Start the facade anew, without what it remembers of keys."""
        self.scim = scim_app(self.services)

    async def close(self) -> None:
        """Give the connections back."""
        await self.app.pool.close()


async def open_world(url: str, *, size: int = 16) -> World:
    """A facade on the database at `url`."""
    return world_of(await factories.application(url, size=size))


def world_of(app: Application, source: asyncpg.Pool | None = None) -> World:
    """A facade that writes through `app` and reads from `source`, else from the same pool."""
    log = RecordingLog()
    used: list[tuple[UUID, UUID]] = []
    reader = Reader(app.pool if source is None else source)
    services = ScimServices(
        app, reader, log, PUBLIC_URL, TOKEN_KEY, touch=lambda *credential: used.append(credential)
    )
    return World(app, log, used, services, scim_app(services))


def patch_body(*operations: Mapping[str, Any]) -> dict[str, Any]:
    """A PATCH with these operations."""
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
