"""Links to sign in with, as rows: one is queued where few are open, and redeemed once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.model.session import SignInLinkTable
from domain.store.account_rows import ACCOUNTS
from domain.store.statement import INSTANT, INTEGER, KEY, TEXT, UUID_TYPE, Statement, parameter
from domain.vocabulary import MailState

SIGN_IN_LINKS: Any = SignInLinkTable.__table__  # type: ignore[attr-defined]

_ID = parameter("id", UUID_TYPE)
_NOW = parameter("now", INSTANT)
_ACCOUNT = parameter("account_id", UUID_TYPE)
_COLUMNS = [
    "id",
    "account_id",
    "email",
    "token_hash",
    "state",
    "queued_at",
    "due_at",
    "expires_at",
]
LOCK_ACCOUNT_OF = Statement(
    select(ACCOUNTS.c["id", "email"])
    .where(ACCOUNTS.c.email_key == parameter("email_key", KEY))
    .with_for_update(key_share=True)
)
INSERT_LINK = Statement(
    insert(SIGN_IN_LINKS)
    .from_select(
        _COLUMNS,
        select(
            _ID,
            _ACCOUNT,
            parameter("email", TEXT),
            parameter("token_hash", SIGN_IN_LINKS.c.token_hash.type),
            parameter("state", TEXT),
            _NOW,
            _NOW,
            parameter("expires_at", INSTANT),
        ).where(
            select(func.count())
            .select_from(SIGN_IN_LINKS)
            .where(
                SIGN_IN_LINKS.c.account_id == _ACCOUNT,
                SIGN_IN_LINKS.c.queued_at > parameter("since", INSTANT),
                SIGN_IN_LINKS.c.redeemed_at.is_(None),
                # Links that are not mailed are in no mailbox.
                SIGN_IN_LINKS.c.state != MailState.CANCELLED.value,
            )
            .correlate(None)
            .scalar_subquery()
            < parameter("most", INTEGER)
        ),
    )
    .returning(SIGN_IN_LINKS.c.id)
)
LOCK_LINK = Statement(
    select(SIGN_IN_LINKS.c["id", "account_id", "token_hash", "expires_at", "redeemed_at"])
    .where(SIGN_IN_LINKS.c.id == _ID)
    .with_for_update(key_share=True)
)
REDEEM_LINK = Statement(
    update(SIGN_IN_LINKS).where(SIGN_IN_LINKS.c.id == _ID).values(redeemed_at=_NOW)
)
