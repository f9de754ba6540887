"""Starts bulk operations through the admin API, works on them, and looks at what came of it."""

from __future__ import annotations

from typing import Any

from api.bulk_work import BulkWork
from domain.application import Application
from domain.ids import UUID, new_id
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.factories import Looks
from tests.support.graphql import Api

_CROWD = (
    "INSERT INTO members (organization_id, id, user_name, user_name_key, email, email_key,"
    " profile, stage, source, created_at, updated_at, invited_at, version)"
    " SELECT $1, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user' || n,"
    " 'user' || n, n || '@x.org', n || '@x.org', '{}', $3, 'SCIM', now(), now(), now(), 1"
    " FROM generate_series(1, $2::int) AS numbers (n)"
)
OPERATION = (
    "bulkOperation { id action state total failureReason summary { changed unchanged failed } }"
)


async def start(
    caller: Api,
    action: str,
    expected: int,
    wanted: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    **given: Any,
) -> Any:
    """The payload of startBulkOperation."""
    return await caller.change(
        "startBulkOperation",
        OPERATION,
        **{
            "organizationId": caller.org,
            "action": action,
            "filter": wanted or {},
            "expectedCount": expected,
            "idempotencyKey": key or str(new_id()),
        }
        | given,
    )


async def started(
    caller: Api, action: str, expected: int, wanted: dict[str, Any] | None = None
) -> str:
    """The id of an operation that must start."""
    made = await start(caller, action, expected, wanted)
    assert made["errors"] == []
    id_: str = made["bulkOperation"]["id"]
    return id_


async def work(app: Application) -> None:
    """A worker's round: it goes on until nothing is left to do."""
    await BulkWork(app).work_once()


async def look(caller: Api, id_: str, selection: str = "") -> Any:
    """The operation as it now is."""
    fields = f"... on BulkOperation {{ {OPERATION[16:-2]} {selection} }}"
    found = await caller.ask(f"query ($id: ID!) {{ node(id: $id) {{ {fields} }} }}", id=id_)
    return found["node"]


async def items(looks: Looks) -> int:
    """How many members are down to be done, or were, in all operations of the organization."""
    sql = "SELECT count(*) FROM bulk_operation_items WHERE organization_id = $1"
    number: int = (await looks.rows(sql))[0][0]
    return number


async def people(app: Application, caller: Api, status: MemberStatus, count: int) -> list[Any]:
    """Members of that status."""
    return [await factories.member(app, caller.organization_id, status) for _ in range(count)]


async def crowd(
    app: Application, organization_id: UUID, count: int, stage: str = "INVITED"
) -> None:
    """So many members, by one statement."""
    async with app.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = '60s'")
        await connection.execute(_CROWD, organization_id, count, stage, timeout=60)
