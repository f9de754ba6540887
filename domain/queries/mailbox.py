"""Reads mails as they would be sent, for the mailbox in which they are looked at instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, literal, literal_column, null, or_, select, union_all

from domain.ids import UUID
from domain.queries.compiler import Queried
from domain.queries.listing import Listing, no_link
from domain.queries.paging import Order, Page, Window
from domain.queries.reader import Reader
from domain.store.account_rows import ACCOUNT_MEMBERSHIPS, ACCOUNTS
from domain.store.invitation_rows import INVITATIONS
from domain.store.member_rows import MEMBERS
from domain.store.notices import MAILS
from domain.store.organization_rows import ORGANIZATIONS
from domain.store.sign_in_rows import SIGN_IN_LINKS
from domain.store.statement import INTEGER, JSON, UUID_TYPE, Statement, parameter
from domain.vocabulary import MailKind, NoticeKind

FAILURES_SHOWN_FOR = timedelta(days=30)
"""How long a mail that failed is shown after it would have been of use."""
_WAITS = "QUEUED"
_IN_USE = "QUEUED,SENT"
_STATES = ("id", "email", "state", "attempts", "last_error", "queued_at", "due_at", "expires_at")
_NO_FACTS = literal_column("'{}'::jsonb", JSON).label("facts")


def _invitations(states: str) -> Select[Any]:
    return (
        select(
            INVITATIONS.c.organization_id,
            literal(MailKind.INVITATION.value).label("kind"),
            *INVITATIONS.c[_STATES],
            INVITATIONS.c.id.label("link_id"),
            func.coalesce(MEMBERS.c.display_name, MEMBERS.c.given_name).label("person_name"),
            _NO_FACTS,
        )
        .join(
            MEMBERS,
            (MEMBERS.c.organization_id == INVITATIONS.c.organization_id)
            & (MEMBERS.c.id == INVITATIONS.c.member_id),
        )
        .where(_is_shown(INVITATIONS, states))
    )


def _notices(states: str) -> Select[Any]:
    link_works = (
        select(INVITATIONS.c.id)
        .where(
            INVITATIONS.c.organization_id == MAILS.c.organization_id,
            INVITATIONS.c.id == MAILS.c.about_id,
            INVITATIONS.c.state == literal_column("'SENT'"),
        )
        .exists()
    )
    return select(
        MAILS.c.organization_id,
        MAILS.c.kind,
        *MAILS.c[_STATES],
        MAILS.c.about_id.label("link_id"),
        MAILS.c.facts["name"].astext.label("person_name"),
        MAILS.c.facts,
    ).where(
        _is_shown(MAILS, states),
        or_(MAILS.c.kind != NoticeKind.REMINDER.value, link_works, _has_failed(MAILS)),
    )


def _sign_in_links(organization_id: Any, source: Any, states: str) -> Select[Any]:
    return (
        select(
            organization_id.label("organization_id"),
            literal(MailKind.SIGN_IN.value).label("kind"),
            *SIGN_IN_LINKS.c[_STATES],
            SIGN_IN_LINKS.c.id.label("link_id"),
            ACCOUNTS.c.display_name.label("person_name"),
            _NO_FACTS,
        )
        .select_from(source.join(ACCOUNTS, ACCOUNTS.c.id == SIGN_IN_LINKS.c.account_id))
        .where(_is_shown(SIGN_IN_LINKS, states), SIGN_IN_LINKS.c.redeemed_at.is_(None))
    )


def _is_shown(table: Any, states: str) -> Any:
    of_use = and_(_is_one_of(table, states), table.c.expires_at > func.now())
    return of_use if states == _WAITS else or_(of_use, _has_failed(table))


def _has_failed(table: Any) -> Any:
    return and_(
        _is_one_of(table, "BOUNCED,FAILED"), table.c.expires_at > func.now() - FAILURES_SHOWN_FOR
    )


def _is_one_of(table: Any, states: str) -> Any:
    # Written out, so that the planner sees the index of what is queued.
    return table.c.state == func.any(literal_column(f"'{{{states}}}'::text[]"))


def _union(*parts: Select[Any]) -> tuple[Any, Any, list[Any]]:
    mails = union_all(*parts).subquery("shown")
    source = mails.outerjoin(ORGANIZATIONS, ORGANIZATIONS.c.id == mails.c.organization_id)
    name = func.coalesce(ORGANIZATIONS.c.name, "").label("organization_name")
    slug = func.coalesce(ORGANIZATIONS.c.slug, "").label("organization_slug")
    return mails, source, [*mails.c, name, slug]


_ELSEWHERE = ACCOUNT_MEMBERSHIPS.alias("elsewhere")
_LINKS_OF_MEMBERS = SIGN_IN_LINKS.join(
    ACCOUNT_MEMBERSHIPS, ACCOUNT_MEMBERSHIPS.c.account_id == SIGN_IN_LINKS.c.account_id
)


def _of_organization(states: str) -> tuple[Any, Any, list[Any]]:
    # A link to sign in opens all organizations of its owner: it is shown where there is only one.
    elsewhere = select(_ELSEWHERE.c.account_id).where(
        _ELSEWHERE.c.account_id == ACCOUNT_MEMBERSHIPS.c.account_id,
        _ELSEWHERE.c.organization_id != ACCOUNT_MEMBERSHIPS.c.organization_id,
    )
    sign_in = _sign_in_links(
        ACCOUNT_MEMBERSHIPS.c.organization_id, _LINKS_OF_MEMBERS, states
    ).where(~elsewhere.exists())
    return _union(_invitations(states), _notices(states), sign_in)


def _of_all(states: str) -> tuple[Any, Any, list[Any]]:
    sign_in = _sign_in_links(null().cast(UUID_TYPE), SIGN_IN_LINKS, states)
    return _union(_invitations(states), _notices(states), sign_in)


_OURS, _OURS_NAMED, _OUR_COLUMNS = _of_organization(_WAITS)


def _newest(*, of_organization: bool) -> Statement:
    mails, source, columns = (_of_organization if of_organization else _of_all)(_IN_USE)
    found = select(*columns).select_from(source)
    if of_organization:
        found = found.where(mails.c.organization_id == parameter("organization_id", UUID_TYPE))
    return Statement(found.order_by(mails.c.id.desc()).limit(parameter("limit", INTEGER)))


_NEWEST = {mine: _newest(of_organization=mine) for mine in (False, True)}


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """A mail as a row; its link is derived on demand and stands in no row."""

    organization_id: UUID | None
    organization_name: str
    organization_slug: str
    kind: MailKind
    id: UUID
    person_name: str | None
    email: str
    link_id: UUID | None
    facts: dict[str, Any] = field(repr=False)
    state: str
    attempts: int
    last_error: str | None
    queued_at: datetime
    due_at: datetime
    expires_at: datetime


def _row(record: Mapping[str, Any]) -> MailboxRow:
    values = {name: record[name] for name in MailboxRow.__dataclass_fields__}
    return MailboxRow(**values | {"kind": MailKind(values["kind"])})


WAITING_MAILS = Listing(
    source=_OURS_NAMED,
    columns=_OUR_COLUMNS,
    organization=_OURS.c.organization_id,
    identity=_OURS.c.id,
    orders=(Order("QUEUED_AT", _OURS.c.id),),
    row=_row,
    queried=Queried(fields={}, profile=None, linked=no_link),
)


async def page_waiting_mails(
    reader: Reader, organization_id: UUID, window: Window
) -> Page[MailboxRow]:
    """Mails of the organization that wait to be sent, newest first.

    Those by which its members sign in are among them.
    """
    return await WAITING_MAILS.page(
        reader, organization_id, window, order="QUEUED_AT", descending=True
    )


async def newest_mails(
    reader: Reader, organization_id: UUID | None = None, limit: int = 50
) -> list[MailboxRow]:
    """Mails that wait or were sent, whose links still work if they have one, and those that failed.

    Newest first; failures for 30 days after they would have been of use. The organization's, with
    those by which its members sign in, or all.
    """
    statement = _NEWEST[organization_id is not None]
    records = await reader.fetch(statement, organization_id=organization_id, limit=limit)
    return [_row(record) for record in records]
