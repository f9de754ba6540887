"""Two organizations, a caller of the first, and all that their tables hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from domain.application import Application
from domain.caller import ALL_SCOPES, Actor, Caller
from domain.commands import (
    CreateAccessToken,
    CreateGroup,
    InviteMember,
    Member,
    UpdateOrganization,
)
from domain.ids import UUID
from domain.vocabulary import (
    ActorKind,
    MemberRole,
    MemberStatus,
    Origin,
    ProvisioningSource,
    Scope,
)
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.graphql import Api, api

SEATS = 100

Rows = dict[tuple[str, str], dict[str, Any]]
"""By table and primary key."""

_TABLES = """
SELECT c.relname AS name, array_agg(a.attname::text ORDER BY array_position(i.indkey, a.attnum))
  AS key, bool_or(o.attname IS NOT NULL) AS within
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
LEFT JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname = 'organization_id'
WHERE i.indisprimary AND NOT c.relispartition GROUP BY c.relname ORDER BY c.relname
"""
_ELSEWHERE = {
    "organizations": "id = $1",
    "idempotency_keys": ("caller_id IN (SELECT id FROM access_tokens WHERE organization_id = $1)"),
}


async def dump_statement(pool: asyncpg.Pool) -> str:
    """One statement that reads every row that belongs to an organization, `$1`."""
    parts = []
    for table in await pool.fetch(_TABLES):
        where = "organization_id = $1" if table["within"] else _ELSEWHERE.get(table["name"])
        if where is not None:
            key = ", ".join(f't."{column}"' for column in table["key"])
            parts.append(
                f"SELECT '{table['name']}' AS name, jsonb_build_array({key})::text AS key,"
                f' to_jsonb(t)::text AS row FROM "{table["name"]}" t WHERE {where}'
            )
    assert len(parts) > 10
    return " UNION ALL ".join(parts)


def differences(before: dict[Any, Any], after: dict[Any, Any]) -> dict[str, str]:
    """By table how many rows came, changed and went, as in "+1 ~2"."""
    counted: Counter[tuple[str, str]] = Counter()
    for key in before.keys() | after.keys():
        if before.get(key) != after.get(key):
            sign = "+" if key not in before else "-" if key not in after else "~"
            counted[key[0], sign] += 1
    tables = {table for table, _ in counted}
    return {
        table: " ".join(f"{sign}{counted[table, sign]}" for sign in "+~-" if counted[table, sign])
        for table in tables
    }


@dataclass(slots=True)
class World:
    """`caller` asks, in an organization with 100 seats; `other` is of another organization.

    `more` is what a scenario expects of its error that only it can know.
    """

    app: Application
    statement: str
    caller: Api
    other: Api
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def owner_id(self) -> UUID:
        """The caller's organization."""
        return self.caller.organization_id

    @property
    def looks(self) -> Looks:
        """What the tables hold of it."""
        return Looks(self.app.pool, self.owner_id)

    async def dump(self) -> list[dict[Any, Any]]:
        """Every row of both organizations."""
        return [
            {
                (row["name"], row["key"]): row["row"]
                for row in await self.app.pool.fetch(self.statement, organization_id)
            }
            for organization_id in (self.owner_id, self.other.organization_id)
        ]

    async def member(self, status: MemberStatus, **given: Any) -> Member:
        """A member that a provider made."""
        return await factories.member(self.app, self.owner_id, status, **given)

    async def member_id(self, status: MemberStatus, **given: Any) -> str:
        """The id of such a member."""
        return self.caller.member_id((await self.member(status, **given)).id)

    async def invited(self, email: str = "ada@example.com", **given: Any) -> str:
        """The id of a member invited over the admin API."""
        command = InviteMember(self.owner_id, email, ProvisioningSource.ADMIN_API, **given)
        return self.caller.member_id((await self.app.execute(command, SYSTEM)).value.id)

    async def group(
        self,
        *member_ids: UUID,
        name: str = "Engineers",
        source: ProvisioningSource = ProvisioningSource.ADMIN_API,
        **given: Any,
    ) -> str:
        """The id of a group."""
        command = CreateGroup(
            self.owner_id, name, member_ids=frozenset(member_ids), source=source, **given
        )
        return self.caller.group_id((await self.app.execute(command, SYSTEM)).value.group_id)

    async def limit_seats(self, seats: int) -> None:
        """Set the seat limit."""
        await self.app.execute(UpdateOrganization(self.owner_id, seats=seats), SYSTEM)

    async def act_as(self, role: MemberRole, scopes: frozenset[Scope] = ALL_SCOPES) -> Member:
        """Let a confirmed member of that role be the caller, with a token of theirs."""
        member = await self.member(MemberStatus.CONFIRMED, role=role, permissions=scopes)
        actor = Actor(ActorKind.MEMBER, member.id, member.label)
        maker = Caller(actor, Origin.CONSOLE, self.owner_id)
        command = CreateAccessToken(self.owner_id, "a member's", scopes)
        issued = (await self.app.execute(command, maker)).value
        self.caller = Api(self.app, self.owner_id, issued.secret, self.caller.asgi)
        return member

    async def enable_scim(self) -> str:
        """Switch provisioning on; the id of the first key."""
        selection = "scimConnection { apiKeys { id } }"
        done = await self.caller.change("enableScim", selection, organizationId=self.caller.org)
        id_: str = done["scimConnection"]["apiKeys"][0]["id"]
        return id_


async def world(app: Application, statement: str, asgi: Any) -> World:
    """Two new organizations with one token each."""
    organization_id = await factories.organization(app, seats=SEATS)
    caller = await api(app, organization_id=organization_id, asgi=asgi)
    return World(app, statement, caller, await api(app, asgi=asgi))
