"""Fills an organization with members, groups and a long past, by the set-based SQL of crowd.sql.

The rows are as varied as those of a real organization: names of words, some members revoked, one
group of everyone and many small ones, actions and outcomes of which some are rare.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Iterator

START = datetime(2026, 1, 1, tzinfo=UTC)
"""Just before the first row; one follows each minute."""
TABLES = (
    "members",
    "invitations",
    "groups",
    "group_members",
    "audit_events",
    "provisioning_requests",
    "held_deprovisionings",
)
_SQL = Path(__file__).with_name("crowd.sql")
_FUNCTIONS = """
CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$ SELECT ('00000000-0000-7000-' || kind || '-' || lpad(to_hex(n), 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.at(start timestamptz, n bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
    AS $$ SELECT start + n * interval '1 minute' + interval '123456 microseconds' $$;
CREATE FUNCTION pg_temp.given(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT (ARRAY['Ada','Bo','Cem','Dora','Fay','Gus','Hana','Ivo','Jo','Kai','Lea'])[1 + n % 11]
    $$;
CREATE FUNCTION pg_temp.part(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT (ARRAY['an','ber','co','dal','el','fon','gri','hal','im','jor','ka','lun','mo','nis',
    'or','pat'])[1 + n % 16] $$;
CREATE FUNCTION pg_temp.family(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT initcap(pg_temp.part(n) || pg_temp.part(n / 16) || pg_temp.part(n / 256)) $$
"""

_HEADS = (
    # They came without events: what was counted along these is void.
    "DELETE FROM member_counts WHERE organization_id = $1",
    # Where the logs go on: what the server writes next comes after all that.
    """
    INSERT INTO provisioning_heads (organization_id, position, last_request_at, counters)
    SELECT $1, coalesce(max(position), 0), now(), '{}' FROM provisioning_requests
    WHERE organization_id = $1
    ON CONFLICT (organization_id) DO UPDATE SET position = excluded.position
    """,
    """
    INSERT INTO audit_heads (organization_id, position, hash, occurred_at)
    SELECT $1, coalesce(max(position), 0), decode(repeat('00', 32), 'hex'), now() FROM audit_events
    WHERE organization_id = $1
    ON CONFLICT (organization_id) DO UPDATE SET position = excluded.position, hash = excluded.hash
    """,
    # The past was not sealed by anybody, and is not looked through for who changed it.
    """
    INSERT INTO audit_verifications (
        organization_id, position, hash, occurred_at, verified_at, again_began_at
    )
    SELECT organization_id, position, hash, occurred_at, now(), now() FROM audit_heads
    WHERE organization_id = $1
    ON CONFLICT (organization_id) DO UPDATE SET position = excluded.position,
        hash = excluded.hash, broken_at = NULL, again_position = NULL, again_began_at = now()
    """,
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows of each kind."""

    members: int = 100_000
    groups: int = 5_000
    events: int = 1_000_000
    requests: int = 1_000_000
    held: int = 2_000

    def part(self, share: float) -> Size:
        """An organization of that share of it."""
        return Size(*[int(getattr(self, name) * share) for name in Size.__dataclass_fields__])


def size_of(members: int) -> Size:
    """An organization of so many members: a twentieth as many groups, as much past as people."""
    return Size(members, max(2, members // 20), members, members, 0)


def member_id(number: int) -> UUID:
    """The id of the member of that number, from 1 on, in the order of their ids."""
    return UUID(f"00000000-0000-7000-8000-{number:012x}")


def group_id(number: int) -> UUID:
    """The id of the group of that number, from 1 on; the first has every member."""
    return UUID(f"00000000-0000-7000-9000-{number:012x}")


def statements() -> Iterator[tuple[str, str]]:
    """Each statement with the kind of rows that it counts."""
    for part in _SQL.read_text(encoding="utf-8").split("\n\n-- ")[1:]:
        head, _, statement = part.partition("\n")
        yield head.partition(":")[0], statement


async def fill(owner: Any, organization_id: UUID, size: Size) -> None:
    """Fill an organization that has nobody yet, over a connection of the schema's owner."""
    if not await owner.fetchval("SELECT to_regproc('pg_temp.family')"):
        await owner.execute(_FUNCTIONS)
    for kind, statement in statements():
        given = (organization_id, getattr(size, kind), START)
        most = max(number for number in (1, 2, 3) if f"${number}" in statement)
        await owner.execute(statement, *given[:most], timeout=900)
    for statement in _HEADS:
        await owner.execute(statement, organization_id, timeout=60)


async def settle(owner: Any) -> None:
    """Gather statistics and the map of visible rows, as the database does by itself in time."""
    for table in TABLES:
        await owner.execute(f"VACUUM ANALYZE {table}", timeout=900)


async def fill_with(owner_url: str, organization_id: UUID, size: Size) -> None:
    """Both, on a connection of the schema's owner."""
    owner = await asyncpg.connect(owner_url)
    try:
        await fill(owner, organization_id, size)
        await settle(owner)
    finally:
        await owner.close()
