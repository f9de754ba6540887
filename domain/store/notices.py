"""Notices to members as rows: queued and taken back in the statement of the change they tell of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import new_id
from domain.model.mail import MailTable
from domain.store.statement import INSTANT, JSON, TEXT, TEXTS, UUID_TYPE, parameter
from domain.vocabulary import MailState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import CTE

    from domain.model.member import Member
    from domain.vocabulary import NoticeKind

MAILS: Any = MailTable.__table__  # type: ignore[attr-defined]
OF_USE = timedelta(days=7)
"""How long a notice waits for a mail server, where there is none yet."""

_COLUMNS: dict[str, Any] = {
    "organization_id": UUID_TYPE,
    "id": UUID_TYPE,
    "kind": TEXT,
    "member_id": UUID_TYPE,
    "email": TEXT,
    "facts": JSON,
    "state": TEXT,
    "queued_at": INSTANT,
    "due_at": INSTANT,
    "expires_at": INSTANT,
}


def queue_notice(only_if: CTE) -> CTE:
    """The notice whose columns are `notice_values`, for each row (at most one) of `only_if`."""
    source = select(*(parameter(f"notice_{name}", kind) for name, kind in _COLUMNS.items()))
    return (
        insert(MAILS)
        .from_select(list(_COLUMNS), source.select_from(only_if))
        .returning(MAILS.c.id)
        .cte("notice")
    )


def take_back_notices(only_if: CTE) -> CTE:
    """Cancels the member's notices of the kinds `void_notices` that did not leave yet."""
    return (
        update(MAILS)
        .where(
            MAILS.c.organization_id == parameter("notice_organization_id", UUID_TYPE),
            MAILS.c.member_id == parameter("notice_member_id", UUID_TYPE),
            MAILS.c.kind == func.any(parameter("void_notices", TEXTS)),
            # Written out, so that the planner sees the index of what is queued.
            MAILS.c.state == literal_column("'QUEUED'"),
            select(literal_column("true")).select_from(only_if).exists(),
        )
        .values(state=MailState.CANCELLED.value)
        .returning(MAILS.c.id)
        .cte("taken_back")
    )


def notice_values(
    member: Member,
    kind: NoticeKind | None,
    void: Iterable[NoticeKind],
    *,
    now: datetime,
    grace: timedelta,
) -> dict[str, Any]:
    """Parameters of both; the notice goes to the address in the directory."""
    return {
        "notice_organization_id": member.organization_id,
        "notice_id": new_id(),
        "notice_kind": kind,
        "notice_member_id": member.id,
        "notice_email": member.attributes.email,
        "notice_facts": {"name": member.attributes.display_name or member.attributes.given_name},
        "notice_state": MailState.QUEUED,
        "notice_queued_at": now,
        "notice_due_at": now + grace,
        "notice_expires_at": now + OF_USE,
        "void_notices": list(void),
    }
