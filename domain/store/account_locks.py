"""The lock of an account, which comes before every other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from domain.model.account import AccountTable
from domain.store.statement import UUID_TYPE, Statement, parameter

_ACCOUNTS: Any = AccountTable.__table__  # type: ignore[attr-defined]
LOCK_ACCOUNT = Statement(
    select(_ACCOUNTS.c.id, _ACCOUNTS.c.public_key)
    .where(_ACCOUNTS.c.id == parameter("id", UUID_TYPE))
    .with_for_update(key_share=True)
)
