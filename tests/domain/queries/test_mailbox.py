"""The mailbox: every kind of mail that is of use, newest first, of one organization or all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.application import Application
from domain.commands import RevokeMember
from domain.ids import UUID, new_id
from domain.queries.mailbox import MailboxRow, newest_mails, page_waiting_mails
from domain.queries.paging import Window
from domain.queries.reader import Reader
from domain.store.notice_rounds import queue_reminders, tell_who_waits
from domain.vocabulary import MailKind, MemberStatus
from tests.support import factories
from tests.support.database import DatabaseFactory
from tests.support.factories import SYSTEM


@pytest.fixture(scope="module")
def own_database_url(database_factory: DatabaseFactory, worker_id: str) -> str:
    """A database of these tests alone: they look at all mail in it."""
    return database_factory.clone(f"mailbox_{worker_id}").server_url


@pytest.fixture
async def app(own_database_url: str) -> AsyncIterator[Application]:
    made = await factories.application(own_database_url)
    await made.pool.execute("UPDATE invitations SET state = 'CANCELLED'")
    for table in ("mails", "sign_in_links"):
        await made.pool.execute(f"DELETE FROM {table}")
    yield made
    await made.pool.close()


@pytest.fixture
def reader(app: Application) -> Reader:
    return Reader(app.pool)


async def link_of(app: Application, account_id: UUID | None, *, seconds: int = 60) -> UUID:
    link_id = new_id()
    await app.pool.execute(
        "INSERT INTO sign_in_links (id, account_id, email, token_hash, state, queued_at, due_at,"
        " expires_at) VALUES ($1, $2, 'x@example.com', '', 'QUEUED', now(), now(),"
        " now() + $3::interval)",
        link_id,
        account_id,
        timedelta(seconds=seconds),
    )
    return link_id


async def of_every_kind(app: Application, organization_id: UUID) -> None:
    owner = await factories.owner(app, organization_id)
    await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    await tell_who_waits(app.pool, timedelta(0))
    left = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    await app.execute(RevokeMember(organization_id, left.id), SYSTEM)
    reminded = await factories.member(app, organization_id)
    await app.pool.execute(
        "UPDATE invitations SET state = 'SENT', sent_at = now() WHERE member_id = $1", reminded.id
    )
    await queue_reminders(app.pool, timedelta(0))
    await factories.member(app, organization_id)
    await link_of(app, owner.account_id)


def kinds(rows: list[MailboxRow]) -> list[MailKind]:
    return [row.kind for row in rows]


async def test_every_kind_newest_first(app: Application, reader: Reader) -> None:
    organization_id = await factories.organization(app, "Acme")
    await of_every_kind(app, organization_id)

    rows = await newest_mails(reader, organization_id)

    assert [row.id for row in rows] == sorted((row.id for row in rows), reverse=True)
    assert kinds(rows) == [
        MailKind.SIGN_IN,
        MailKind.INVITATION,
        MailKind.REMINDER,
        MailKind.INVITATION,  # the one that was sent, and works
        MailKind.ACCESS_REVOKED,
        MailKind.CONFIRMABLE,
        MailKind.CONFIRMED,
    ]
    assert {row.organization_name[:4] for row in rows} == {"Acme"}
    assert {row.organization_slug[:4] for row in rows} == {"acme"}
    by_kind = {row.kind: row for row in rows}
    assert by_kind[MailKind.CONFIRMABLE].facts["waiting"] == 1
    assert by_kind[MailKind.REMINDER].link_id == rows[3].id
    assert by_kind[MailKind.SIGN_IN].link_id == rows[0].id
    assert by_kind[MailKind.ACCESS_REVOKED].link_id is None
    ours = {row.id for row in rows}
    everything = [row for row in await newest_mails(reader, limit=500) if row.id in ours]
    assert [row.id for row in everything] == [row.id for row in rows]
    assert everything[0].organization_name == ""


async def test_the_pages_hold_what_waits_of_one_organization(
    app: Application, reader: Reader
) -> None:
    organization_id, elsewhere = [await factories.organization(app) for _ in range(2)]
    await of_every_kind(app, organization_id)
    await of_every_kind(app, elsewhere)

    first = await page_waiting_mails(reader, organization_id, Window(4))
    rest = await page_waiting_mails(reader, organization_id, Window(4, after=first.positions[-1]))

    assert (first.has_next, rest.has_next) == (True, False)
    assert kinds([*first.rows, *rest.rows]) == [
        MailKind.SIGN_IN,
        MailKind.INVITATION,
        MailKind.REMINDER,
        MailKind.ACCESS_REVOKED,
        MailKind.CONFIRMABLE,
        MailKind.CONFIRMED,
    ]
    assert {row.state for row in [*first.rows, *rest.rows]} == {"QUEUED"}
    assert {row.organization_id for row in first.rows} == {organization_id}


async def test_what_is_of_no_use_any_more_is_not_shown(app: Application, reader: Reader) -> None:
    organization_id = await factories.organization(app)
    owner = await factories.owner(app, organization_id)
    used = await link_of(app, owner.account_id)
    await link_of(app, owner.account_id, seconds=0)
    await app.pool.execute("UPDATE sign_in_links SET redeemed_at = now() WHERE id = $1", used)
    await app.pool.execute("UPDATE mails SET expires_at = now()")

    assert await newest_mails(reader, organization_id) == []
    assert (await page_waiting_mails(reader, organization_id, Window(5))).rows == []


@pytest.mark.parametrize("state", ["BOUNCED", "FAILED"])
async def test_what_failed_is_shown_for_thirty_days_more_but_does_not_wait(
    app: Application, reader: Reader, state: str
) -> None:
    organization_id = await factories.organization(app)
    await of_every_kind(app, organization_id)
    shown = [row.id for row in await newest_mails(reader, organization_id)]

    async def ended(days: int) -> list[MailboxRow]:
        for table in ("invitations", "mails", "sign_in_links"):
            await app.pool.execute(
                f"UPDATE {table} SET state = $1, expires_at = now() - $2::interval"
                " WHERE id = ANY($3)",
                state,
                timedelta(days=days),
                shown,
            )
        return await newest_mails(reader, organization_id)

    assert [(row.id, row.state) for row in await ended(29)] == [(id_, state) for id_ in shown]
    assert await ended(30) == []
    assert (await page_waiting_mails(reader, organization_id, Window(5))).rows == []


async def test_a_link_is_shown_to_the_organizations_of_its_owner_alone(
    app: Application, reader: Reader
) -> None:
    organization_id, elsewhere = [await factories.organization(app) for _ in range(2)]
    owner = await factories.owner(app, organization_id)
    await app.pool.execute("DELETE FROM mails")
    await link_of(app, owner.account_id)

    assert kinds(await newest_mails(reader, organization_id)) == [MailKind.SIGN_IN]
    assert await newest_mails(reader, elsewhere) == []
