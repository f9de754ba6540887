"""The lock of an account, which comes before every other."""

from __future__ import annotations

from sqlalchemy import select

from domain.store.account_rows import ACCOUNTS
from domain.store.statement import UUID_TYPE, Statement, parameter

LOCK_ACCOUNT = Statement(
    select(ACCOUNTS.c.id, ACCOUNTS.c.public_key)
    .where(ACCOUNTS.c.id == parameter("id", UUID_TYPE))
    .with_for_update(key_share=True)
)
