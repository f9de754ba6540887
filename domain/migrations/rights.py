"""What the server's role may do: everything it needs, and no way to rewrite history.

Applied after every migration, where the role exists; a deployment with one role for all has no
such wall, which `rollcall doctor` says.
"""

import asyncpg

from domain.model.tables import GLOBAL_TABLES
from domain.reach import EVERYTHING
from domain.store.held_connection import SETTING
from domain.store.pool import PLANNING

SERVER_ROLE = "rollcall_server"

_APPEND_ONLY = {
    "audit_events": "position, occurred_at, previous_hash, hash",
    "group_changes": None,
    "released_names": None,
    "provisioning_requests": None,
}
_LIMITS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}


async def apply_rights(owner: asyncpg.Connection) -> None:
    """Grant the server's role its rights and set its time limits; `owner` owns the tables."""
    if not await owner.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", SERVER_ROLE):
        return
    if await owner.fetchval("SELECT current_user = $1", SERVER_ROLE):
        return
    tables = await owner.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p')"
    )
    await owner.execute(f"GRANT USAGE ON SCHEMA public TO {SERVER_ROLE}")
    for (table,) in tables:
        # One transaction for both: servers of the version before work meanwhile.
        await owner.execute(
            f'REVOKE ALL ON "{table}" FROM {SERVER_ROLE};'
            f'GRANT {_rights_on(table)} ON "{table}" TO {SERVER_ROLE}'
        )
    if await owner.fetchval(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ):
        for setting, value in (_LIMITS | PLANNING).items():
            await owner.execute(f"ALTER ROLE {SERVER_ROLE} SET {setting} = '{value}'")


def _rights_on(table: str) -> str:
    if table == "alembic_version":
        return "SELECT"
    if table not in _APPEND_ONLY:
        return "SELECT, INSERT, UPDATE, DELETE"
    columns = _APPEND_ONLY[table]
    return f"SELECT, INSERT, UPDATE ({columns})" if columns else "SELECT, INSERT"


_POLICY = "reach"
# A CASE, since the planner takes half of the rows to pass it: of a plain comparison it expects so
# few that it would sort them rather than read along an index. Sub-selects are evaluated once, and
# both of them when a row that was waited for is looked at again: neither may fail.
_SEEN = f"""
CASE (SELECT current_setting('{SETTING}', true)) WHEN '{EVERYTHING}' THEN true ELSE organization_id
= (SELECT nullif(nullif(current_setting('{SETTING}', true), ''), '{EVERYTHING}')::uuid) END
"""


async def apply_row_security(owner: asyncpg.Connection, *, on: bool) -> None:
    """Let the server's role see the rows of the organization it was told of alone, or any.

    Whoever owns the tables sees everything either way.
    """
    for name, is_on in await owner.fetch(
        "SELECT relname, relrowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    ):
        if name in GLOBAL_TABLES or name == "alembic_version" or is_on == on:
            continue
        if on:
            await owner.execute(
                f'CREATE POLICY {_POLICY} ON "{name}" USING ({_SEEN});'
                f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY'
            )
        else:
            await owner.execute(
                f'ALTER TABLE "{name}" DISABLE ROW LEVEL SECURITY;'
                f'DROP POLICY IF EXISTS {_POLICY} ON "{name}"'
            )
