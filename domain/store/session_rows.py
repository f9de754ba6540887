"""Sessions as rows: one begins, one ends, several are looked through."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.model.session import SessionTable
from domain.store.statement import INSTANT, INTEGER, UUID_TYPE, Statement, parameter

SESSIONS: Any = SessionTable.__table__  # type: ignore[attr-defined]

_COLUMNS = [
    "id",
    "account_id",
    "secret_hash",
    "method",
    "sso_organization_id",
    "user_agent",
    "ip",
    "created_at",
    "expires_at",
]
_ACCOUNT = parameter("account_id", UUID_TYPE)
_NOW = parameter("now", INSTANT)
_WITHIN = parameter("within", UUID_TYPE)
_IS_WITHIN = _WITHIN.is_(None) | (SESSIONS.c.sso_organization_id == _WITHIN)
_IS_OPEN = SESSIONS.c.ended_at.is_(None) & (SESSIONS.c.expires_at > _NOW)

INSERT_SESSION = Statement(
    insert(SESSIONS).from_select(
        _COLUMNS, select(*(parameter(name, SESSIONS.c[name].type) for name in _COLUMNS))
    )
)
END_SESSION = Statement(
    update(SESSIONS)
    .where(
        SESSIONS.c.id == parameter("id", UUID_TYPE),
        SESSIONS.c.account_id == _ACCOUNT,
        _IS_OPEN,
        _IS_WITHIN,
    )
    .values(ended_at=_NOW)
    .returning(SESSIONS.c.id)
)
END_ALL_BUT_NEWEST = Statement(
    update(SESSIONS)
    .where(
        SESSIONS.c.id
        == func.any(
            func.array(
                select(SESSIONS.c.id)
                .where(SESSIONS.c.account_id == _ACCOUNT, _IS_OPEN)
                .order_by(SESSIONS.c.id.desc())
                .offset(parameter("kept", INTEGER))
                .correlate(None)
                .scalar_subquery()
            )
        )
    )
    .values(ended_at=_NOW)
)
"""Ends the oldest of an account's open sessions, where it has more than are kept."""
SESSION_OF_ACCOUNT = Statement(
    select(SESSIONS.c.id).where(
        SESSIONS.c.id == parameter("id", UUID_TYPE), SESSIONS.c.account_id == _ACCOUNT, _IS_WITHIN
    )
)
