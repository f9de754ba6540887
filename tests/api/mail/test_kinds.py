"""Every kind of mail over a real mail server: signed in, encrypted, once, refused, cut off."""

import asyncio
import logging
import ssl
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from api.mail.smtp import ServerTrouble, SmtpServer
from api.settings import SmtpSecurity
from domain.commands import ConfirmMember, Member, RestoreMember, RevokeMember
from domain.ids import UUID, new_id
from domain.store.notice_rounds import queue_reminders, tell_who_waits
from domain.store.outboxes import SIGN_IN_MAILS
from domain.vocabulary import MailKind, MemberStatus
from tests.api.mail.desk import FROM, LINKS, URL, Desk
from tests.support import factories
from tests.support.mail_server import Letter, MailServer, answer, hang_up

_QUEUE_LINK = (
    "INSERT INTO sign_in_links (id, account_id, email, token_hash, state, queued_at, due_at,"
    " expires_at) VALUES ($1, $2, $3, $4, 'QUEUED', now(), now(), now() + $5::interval)"
)


async def queue_link(desk: Desk, person: Member, lifetime_s: float = 900) -> UUID:
    """A link to sign in that waits to be mailed."""
    link_id = new_id()
    await desk.app.pool.execute(
        _QUEUE_LINK,
        link_id,
        person.account_id,
        person.attributes.email,
        sha256(LINKS.sign_in.secret_of(link_id)).digest(),
        timedelta(seconds=lifetime_s),
    )
    return link_id


async def all_due(desk: Desk) -> None:
    await desk.make_due()
    await desk.app.pool.execute("UPDATE mails SET due_at = now() WHERE state = 'QUEUED'")


async def states(desk: Desk, table: str = "mails") -> list[tuple[Any, ...]]:
    columns = "kind, state, attempts" if table == "mails" else "state, attempts, last_error"
    rows = await desk.app.pool.fetch(f"SELECT {columns} FROM {table} ORDER BY id")
    return [tuple(row) for row in rows]


async def of_every_kind(desk: Desk) -> dict[MailKind, str]:
    """One mail of each kind, due; the token in each that has one."""
    app, organization_id = desk.app, desk.organization_id
    owner = await factories.owner(app, organization_id)
    await app.pool.execute("UPDATE mails SET state = 'CANCELLED'")
    await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    leaver = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    newcomer = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    assert await tell_who_waits(app.pool, timedelta(0)) == 1
    await app.execute(RevokeMember(organization_id, leaver.id), factories.SYSTEM)
    await app.execute(ConfirmMember(organization_id, newcomer.id), factories.SYSTEM)
    reminded = await factories.member(app, organization_id)
    await app.pool.execute(
        "UPDATE invitations SET state = 'SENT', sent_at = now() WHERE organization_id = $1"
        " AND member_id = $2",
        organization_id,
        reminded.id,
    )
    assert await queue_reminders(app.pool, timedelta(0)) == 1
    invited = await factories.member(app, organization_id)
    link_id = await queue_link(desk, owner)
    await all_due(desk)
    return {
        MailKind.INVITATION: await factories.invitation_link(app, invited),
        MailKind.REMINDER: await factories.invitation_link(app, reminded),
        MailKind.SIGN_IN: LINKS.sign_in.token_of(link_id),
    }


def text_of(letter: Letter) -> str:
    part = letter.content.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def kind_of(letter: Letter) -> MailKind:
    beginnings = {
        "Invitation to": MailKind.INVITATION,
        "Your invitation to": MailKind.REMINDER,
        "Your link to sign in": MailKind.SIGN_IN,
        "2 people wait": MailKind.CONFIRMABLE,
        "3 people wait": MailKind.CONFIRMABLE,
        "You are confirmed": MailKind.CONFIRMED,
        "Your access to": MailKind.ACCESS_REVOKED,
    }
    (kind,) = [k for text, k in beginnings.items() if letter.content["Subject"].startswith(text)]
    return kind


async def test_one_of_each_arrives_encrypted_and_once(
    desk: Desk,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = await of_every_kind(desk)
    login = ("rollcall", "a secret")
    with MailServer(tls=server_tls, login=login) as server:
        desk.server = SmtpServer(
            "localhost", server.port, SmtpSecurity.STARTTLS, *login, sender=FROM, tls=client_tls
        )
        sent = await asyncio.gather(*(desk.sender().send_due() for _ in range(3)))

    assert sum(sent) == len(server.letters) == len(MailKind)
    letters = {kind_of(letter): letter for letter in server.letters}
    assert set(letters) == set(MailKind)
    assert {letter.encrypted for letter in server.letters} == {True}
    assert {letter.login for letter in server.letters} == {"rollcall"}
    for kind, token in tokens.items():
        path = "sign-in" if kind is MailKind.SIGN_IN else "accept"
        assert f"\n{URL}/{path}#{token}\n" in text_of(letters[kind]).replace("\r\n", "\n")
    slug = await desk.app.pool.fetchval(
        "SELECT slug FROM organizations WHERE id = $1", desk.organization_id
    )
    assert f"{URL}/o/{slug}/confirmations" in text_of(letters[MailKind.CONFIRMABLE])
    ids = [letter.content["Message-ID"] for letter in server.letters]
    assert len(set(ids)) == len(MailKind)
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("mail.")
    )
    for token in tokens.values():
        assert token[-43:] not in ours
    assert await desk.sender().send_due() == 0


async def test_a_restored_member_is_not_told_of_the_revocation(
    desk: Desk, mail_server: MailServer
) -> None:
    person = await factories.member(desk.app, desk.organization_id, MemberStatus.REVOKED)
    await desk.app.execute(RestoreMember(desk.organization_id, person.id), factories.SYSTEM)
    await all_due(desk)

    assert await desk.sender().send_due() == 0

    assert mail_server.attempts == []
    assert {state for _, state, _ in await states(desk)} == {"CANCELLED"}


@pytest.mark.parametrize(
    ("reply", "state"), [("450 4.2.0 later", "QUEUED"), ("554 5.7.1 spam", "FAILED")]
)
async def test_a_refused_notice_or_link(
    desk: Desk, mail_server: MailServer, reply: str, state: str
) -> None:
    person = await factories.member(desk.app, desk.organization_id, MemberStatus.CONFIRMED)
    await queue_link(desk, person)
    await all_due(desk)
    mail_server.on_content = answer(reply)

    assert await desk.sender().send_due() == 0

    assert await states(desk) == [("CONFIRMED", state, 1)]
    assert await states(desk, "sign_in_links") == [(state, 1, f"the mail server answered {reply}")]
    mail_server.on_content = None
    await all_due(desk)
    await desk.app.pool.execute("UPDATE sign_in_links SET due_at = now() WHERE state = 'QUEUED'")
    assert await desk.sender().send_due() == (2 if state == "QUEUED" else 0)


async def test_no_address_for_a_notice_or_link(desk: Desk, mail_server: MailServer) -> None:
    person = await factories.member(desk.app, desk.organization_id, MemberStatus.CONFIRMED)
    assert person.attributes.email is not None
    await queue_link(desk, person)
    await all_due(desk)
    mail_server.on_recipient[person.attributes.email] = answer("550 5.1.1 no such user")

    await desk.sender().send_due()

    assert await states(desk) == [("CONFIRMED", "BOUNCED", 1)]
    (row,) = await states(desk, "sign_in_links")
    assert row[:2] == ("BOUNCED", 1)


async def test_a_cut_connection_loses_no_link(desk: Desk, mail_server: MailServer) -> None:
    person = await factories.member(desk.app, desk.organization_id, MemberStatus.CONFIRMED)
    link_id = await queue_link(desk, person)
    mail_server.on_content = hang_up

    with pytest.raises(ServerTrouble):
        await desk.sender().send_due()

    mail_server.on_content = None
    await desk.app.pool.execute("UPDATE sign_in_links SET due_at = now()")
    assert await desk.sender().send_due() == 1
    (letter,) = mail_server.letters
    assert letter.content["Message-ID"] == f"<{link_id}@rollcall.example.com>"
    assert await states(desk, "sign_in_links") == [("SENT", 2, None)]


async def test_an_answer_that_quotes_a_sign_in_link_is_not_kept(
    desk: Desk, mail_server: MailServer
) -> None:
    person = await factories.member(desk.app, desk.organization_id, MemberStatus.CONFIRMED)
    link_id = await queue_link(desk, person)
    mail_server.on_content = answer(f"554 spam: {LINKS.sign_in_url(link_id)}")

    await desk.sender().send_due()

    ((state, _, error),) = await states(desk, "sign_in_links")
    assert state == "FAILED"
    assert error == "the mail server's answer 554 is left out: it quoted the link"


async def test_a_link_that_was_used_or_is_over_does_not_leave(
    desk: Desk, mail_server: MailServer
) -> None:
    person = await factories.member(desk.app, desk.organization_id, MemberStatus.CONFIRMED)
    await desk.app.pool.execute("UPDATE mails SET state = 'CANCELLED'")
    used = await queue_link(desk, person)
    await queue_link(desk, person, lifetime_s=0)
    await desk.app.pool.execute("UPDATE sign_in_links SET redeemed_at = now() WHERE id = $1", used)

    assert await desk.sender().send_due() == 0
    assert await SIGN_IN_MAILS.give_up(desk.app.pool) == 1

    assert mail_server.attempts == []
    assert await states(desk, "sign_in_links") == [
        ("CANCELLED", 0, None),
        ("FAILED", 0, "it was not sent while it was of use"),
    ]


async def test_a_link_is_tried_again_soon_and_until_it_ends(desk: Desk) -> None:
    person = await factories.member(desk.app, desk.organization_id, MemberStatus.CONFIRMED)
    pool = desk.app.pool
    await queue_link(desk, person)
    gaps = []
    for _ in range(6):
        (claimed,) = await SIGN_IN_MAILS.claim(pool, None)
        begun = await SIGN_IN_MAILS.begin_attempt(pool, claimed)
        assert begun is not None
        assert await SIGN_IN_MAILS.mark_retry(pool, begun, "450 later")
        gaps.append(
            await pool.fetchval(
                "SELECT extract(epoch FROM due_at - now())::int FROM sign_in_links WHERE id = $1",
                begun.id,
            )
        )
        await pool.execute("UPDATE sign_in_links SET due_at = now()")
    expected = [5, 15, 30, 60, 120, 120]
    assert all(abs(gap - wanted) <= 2 for gap, wanted in zip(gaps, expected, strict=True))

    await pool.execute("UPDATE sign_in_links SET expires_at = now() + interval '100 s'")
    (claimed,) = await SIGN_IN_MAILS.claim(pool, None)
    begun = await SIGN_IN_MAILS.begin_attempt(pool, claimed)
    assert begun is not None
    assert not await SIGN_IN_MAILS.mark_retry(pool, begun, "450 later")
    assert (await states(desk, "sign_in_links"))[0][0] == "FAILED"


async def test_a_sender_that_died_with_a_link_is_replaced(
    desk: Desk, mail_server: MailServer
) -> None:
    person = await factories.member(desk.app, desk.organization_id, MemberStatus.CONFIRMED)
    await desk.app.pool.execute("UPDATE mails SET state = 'CANCELLED'")
    await queue_link(desk, person)
    (dead,) = await SIGN_IN_MAILS.claim(desk.app.pool, None)
    assert await desk.sender().send_due() == 0
    await desk.app.pool.execute("UPDATE sign_in_links SET claimed_until = now()")

    assert await desk.sender().send_due() == 1

    assert await SIGN_IN_MAILS.begin_attempt(desk.app.pool, dead) is None
    assert len(mail_server.letters) == 1
    assert (await states(desk, "sign_in_links"))[0][0] == "SENT"


async def test_tokens_of_one_key_have_nothing_in_common(desk: Desk) -> None:
    same = new_id()

    one = LINKS.sign_in.token_of(same)[-43:]
    assert one != LINKS.invitations.token_of(desk.organization_id, same)[-43:]
