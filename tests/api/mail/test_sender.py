"""The invitation sender against a real mail server, on its good days."""

import asyncio
import ssl
from datetime import timedelta
from typing import Any

import pytest

from api.mail import sender as sender_module
from api.mail.smtp import SmtpServer
from api.settings import SmtpSecurity
from domain.commands import AcceptInvitation, RevokeMember
from domain.store import outbox
from domain.vocabulary import MemberStatus
from tests.api.mail.desk import FROM, URL, Desk
from tests.support import factories
from tests.support.mail_server import Letter, MailServer, hang


def token_in(letter: Letter) -> str:
    part = letter.content.get_body(("plain",))
    assert part is not None
    (link,) = [word for word in str(part.get_content()).split() if "/accept#" in word]
    assert link.startswith(f"{URL}/accept#inv_")
    return link.partition("#")[2]


async def test_the_link_in_the_mail_makes_the_member_accept(
    desk: Desk, mail_server: MailServer
) -> None:
    invited = await desk.invite(name="ada", display_name="Ada Lovelace")

    assert await desk.sender().send_due() == 1

    (letter,) = mail_server.letters
    assert letter.sender == "invitations@rollcall.example.com"
    assert letter.recipients == [invited.attributes.email]
    assert letter.content["Subject"].startswith("Invitation to Köttbullar & Söhne")
    row = await desk.row(invited)
    assert (row["state"], row["attempts"], row["last_error"]) == ("SENT", 1, None)
    assert letter.content["Message-ID"] == f"<{row['id']}@rollcall.example.com>"
    accepted = await desk.app.execute(AcceptInvitation(token_in(letter)), factories.SYSTEM)
    assert accepted.value.member.id == invited.id
    assert accepted.value.member.status is MemberStatus.ACCEPTED


async def test_one_connection_serves_many_mails(desk: Desk, mail_server: MailServer) -> None:
    for _ in range(outbox.BATCH + 5):
        await factories.member(desk.app, desk.organization_id)
    await desk.make_due()

    assert await desk.sender().send_due() == outbox.BATCH + 5

    assert mail_server.connections == 1
    assert len({letter.recipients[0] for letter in mail_server.letters}) == outbox.BATCH + 5


async def test_two_senders_send_each_mail_once(desk: Desk, mail_server: MailServer) -> None:
    for _ in range(30):
        await factories.member(desk.app, desk.organization_id)
    await desk.make_due()

    sent = await asyncio.gather(*(desk.sender().send_due() for _ in range(3)))

    assert sum(sent) == 30
    assert len(mail_server.attempts) == len(set(mail_server.attempts)) == 30


async def test_a_cancelled_invitation_never_leaves(desk: Desk, mail_server: MailServer) -> None:
    revoked, stays = await desk.invite(), await desk.invite()
    await desk.app.execute(RevokeMember(desk.organization_id, revoked.id), factories.SYSTEM)

    await desk.sender().send_due()

    assert [letter.recipients for letter in mail_server.letters] == [[stays.attributes.email]]


@pytest.mark.parametrize("security", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
async def test_encrypted_and_signed_in(
    desk: Desk, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, security: SmtpSecurity
) -> None:
    await desk.invite()
    from_the_start = security is SmtpSecurity.TLS
    login = ("rollcall", "a secret")
    with MailServer(tls=server_tls, tls_from_the_start=from_the_start, login=login) as server:
        desk.server = SmtpServer(
            "localhost", server.port, security, *login, sender=FROM, tls=client_tls
        )

        assert await desk.sender().send_due() == 1

    assert server.letters[0].encrypted
    assert server.letters[0].login == "rollcall"


async def test_it_runs_until_stopped_and_finishes_the_mail_at_hand(
    desk: Desk, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "POLL_S", 0.02)
    reached, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def slowly(_server: Any) -> str:
        loop.call_soon_threadsafe(reached.set)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(go_on.wait(), loop))
        return "250 taken"

    running = desk.sender()
    task = asyncio.create_task(running.run())
    mail_server.on_content = slowly
    one, other = await desk.invite(), await desk.invite()
    await asyncio.wait_for(reached.wait(), 5)
    assert 0 <= await running.waits_for_s() < 5

    running.stop()
    go_on.set()
    await asyncio.wait_for(task, 5)

    rows = sorted([await desk.row(one), await desk.row(other)], key=lambda row: -row["attempts"])
    assert [row["state"] for row in rows] == ["SENT", "QUEUED"]
    assert rows[1]["claimed_until"] is None


async def test_a_sender_that_was_killed_is_followed_by_another(
    desk: Desk, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LEASE", timedelta(milliseconds=300))
    invited = await desk.invite()
    mail_server.on_content = hang
    killed = asyncio.create_task(desk.sender().send_due())
    while not mail_server.attempts:
        await asyncio.sleep(0.01)
    while not killed.done():  # nothing is marked: as after a kill, the claim has to run out
        killed.cancel()
        await asyncio.wait([killed], timeout=0.1)
    mail_server.on_content = None

    assert await desk.sender().send_due() == 0
    await asyncio.sleep(0.35)
    assert await desk.sender().send_due() == 1

    row = await desk.row(invited)
    assert (row["state"], row["attempts"]) == ("SENT", 2)
