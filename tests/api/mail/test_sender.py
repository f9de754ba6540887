"""The invitation sender against a real mail server, on its good and on its bad days."""

import asyncio
import logging
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from api.mail import sender as sender_module
from api.mail import smtp
from api.mail.sender import InvitationSender
from api.mail.smtp import ServerTrouble, SmtpServer
from api.settings import SmtpSecurity
from domain.application import Application
from domain.commands import AcceptInvitation, Member, RevokeMember
from domain.ids import UUID
from domain.store import outbox
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.mail_server import Letter, MailServer, answer, hang, hang_up

URL = "https://rollcall.example.com"
FROM = "Rollcall <invitations@rollcall.example.com>"


@dataclass
class Desk:
    """Members who wait for their mail, and a sender to send it."""

    app: Application
    organization_id: UUID
    server: SmtpServer
    outcomes: list[str]

    def sender(self) -> InvitationSender:
        return InvitationSender(
            self.app.pool,
            self.server,
            invitations=factories.POLICY,
            public_url=URL,
            outcome=self.outcomes.append,
        )

    async def invite(self, **given: Any) -> Member:
        invited = await factories.member(self.app, self.organization_id, **given)
        await self.make_due()
        return invited

    async def make_due(self) -> None:
        await self.app.pool.execute(
            "UPDATE invitations SET due_at = now() WHERE organization_id = $1 AND state = 'QUEUED'",
            self.organization_id,
        )

    async def row(self, invited: Member) -> Any:
        return await self.app.pool.fetchrow(
            "SELECT * FROM invitations WHERE organization_id = $1 AND member_id = $2"
            " ORDER BY id DESC LIMIT 1",
            self.organization_id,
            invited.id,
        )


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def desk(app: Application, organization_id: UUID, mail_server: MailServer) -> Desk:
    server = SmtpServer("127.0.0.1", port=mail_server.port, security=SmtpSecurity.NONE, sender=FROM)
    return Desk(app, organization_id, server, [])


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
    assert accepted.value.id == invited.id
    assert accepted.value.status is MemberStatus.ACCEPTED


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


@pytest.mark.parametrize("where", ["recipient", "content"])
@pytest.mark.parametrize(
    ("reply", "state"),
    [("450 4.2.0 try later", "QUEUED"), ("550 5.1.1 no such user here", "final")],
)
async def test_refusals_concern_one_mail(
    desk: Desk, mail_server: MailServer, where: str, reply: str, state: str
) -> None:
    refused = await desk.invite()
    email = refused.attributes.email
    assert email is not None
    if where == "recipient":
        mail_server.on_recipient[email] = answer(reply)
    else:
        mail_server.on_content = answer(reply)

    await desk.sender().send_due()

    row = await desk.row(refused)
    final = "BOUNCED" if where == "recipient" else "FAILED"
    assert row["state"] == (final if state == "final" else "QUEUED")
    assert row["last_error"] == f"the mail server answered {reply}"
    assert (row["attempts"], row["claimed_until"]) == (1, None)
    assert desk.outcomes == [final if state == "final" else "RETRY"]
    mail_server.on_content = None
    taken = await desk.invite()
    mail_server.on_recipient.clear()
    await desk.sender().send_due()
    assert (await desk.row(taken))["state"] == "SENT"
    assert (await desk.row(refused))["state"] == (final if state == "final" else "SENT")


@pytest.mark.parametrize(
    "reply", ["421 4.3.2 shutting down", "530 5.7.0 sign in first", "550 5.7.1 who are you"]
)
async def test_trouble_with_the_server_is_nobodys_fault(
    desk: Desk, mail_server: MailServer, reply: str
) -> None:
    one, other = await desk.invite(), await desk.invite()
    mail_server.on_sender = answer(reply)

    with pytest.raises(ServerTrouble):
        await desk.sender().send_due()

    first, second = sorted(
        [await desk.row(one), await desk.row(other)], key=lambda row: -row["attempts"]
    )
    assert (first["state"], first["attempts"]) == ("QUEUED", 1)
    assert reply in first["last_error"]
    # The others were not tried and wait for nothing but the server.
    assert (second["attempts"], second["claimed_until"], second["last_error"]) == (0, None, None)
    mail_server.on_sender = None
    await desk.make_due()
    assert await desk.sender().send_due() == 2


async def test_a_server_that_hangs_is_left(
    desk: Desk, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "MAIL_TIMEOUT_S", 0.3)
    invited = await desk.invite()
    mail_server.on_content = hang

    with pytest.raises(ServerTrouble):
        await desk.sender().send_due()

    row = await desk.row(invited)
    assert (row["state"], row["last_error"]) == ("QUEUED", "the mail server took too long")
    mail_server.on_content = None
    await desk.make_due()
    assert await desk.sender().send_due() == 1


async def test_a_connection_that_breaks_in_the_middle(desk: Desk, mail_server: MailServer) -> None:
    invited = await desk.invite()
    mail_server.on_content = hang_up

    with pytest.raises(ServerTrouble):
        await desk.sender().send_due()

    row = await desk.row(invited)
    assert row["state"] == "QUEUED"
    assert row["last_error"].startswith("the connection broke")


async def test_a_connection_that_ends_between_mails_costs_no_attempt(
    desk: Desk, mail_server: MailServer
) -> None:
    invited = [await desk.invite() for _ in range(3)]
    mail_server.on_reset = hang_up

    assert await desk.sender().send_due() == 3

    assert mail_server.connections == 3
    assert {(await desk.row(each))["attempts"] for each in invited} == {1}


async def test_no_server_at_all(desk: Desk) -> None:
    invited = await desk.invite()
    with MailServer() as closed:
        port = closed.port
    desk.server = SmtpServer("127.0.0.1", port=port, security=SmtpSecurity.NONE)

    with pytest.raises(ServerTrouble):
        await desk.sender().send_due()

    assert "no connection to the mail server" in (await desk.row(invited))["last_error"]


async def test_a_refusal_that_quotes_the_link_is_not_kept(
    desk: Desk, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    invited = await desk.invite()
    token = await factories.invitation_link(desk.app, invited)
    mail_server.on_content = answer(f"554 5.7.1 spam: {URL}/accept#{token}")

    await desk.sender().send_due()

    row = await desk.row(invited)
    assert row["state"] == "FAILED"
    assert "554" in row["last_error"]
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("mail.")
    )
    for text in (row["last_error"], ours):
        assert token not in text
        assert "accept#" not in text


async def test_an_impossible_address_bounces(desk: Desk, mail_server: MailServer) -> None:
    impossible = await desk.invite(email="ada@" + "ü" * 70 + ".example")
    umlaut = await desk.invite(email="ädä@example.com")

    await desk.sender().send_due()

    assert (await desk.row(impossible))["state"] == "BOUNCED"
    row = await desk.row(umlaut)
    assert (row["state"], row["last_error"]) == (
        "BOUNCED",
        "the mail server takes ASCII addresses only",
    )
    assert mail_server.attempts == []


async def test_international_addresses_where_the_server_takes_them(
    desk: Desk, mail_server: MailServer
) -> None:
    mail_server.smtputf8 = True
    await desk.invite(email="ädä@bücher.example")

    assert await desk.sender().send_due() == 1

    assert mail_server.letters[0].recipients == ["ädä@xn--bcher-kva.example"]


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


async def test_a_wrong_password_is_said_and_not_shown(
    desk: Desk, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    invited = await desk.invite()
    with MailServer(tls=server_tls, login=("rollcall", "right")) as server:
        desk.server = SmtpServer(
            "localhost",
            server.port,
            username="rollcall",
            password="wrong-secret",
            sender=FROM,
            tls=client_tls,
        )
        with pytest.raises(ServerTrouble):
            await desk.sender().send_due()

    assert (await desk.row(invited))["last_error"] == "the mail server refused the sign-in (535)"
    assert "wrong-secret" not in repr(desk.server)


async def test_a_server_that_nobody_vouches_for_gets_no_mail(
    desk: Desk, server_tls: ssl.SSLContext
) -> None:
    invited = await desk.invite()
    with MailServer(tls=server_tls) as server:
        desk.server = SmtpServer("localhost", server.port, sender=FROM)
        with pytest.raises(ServerTrouble):
            await desk.sender().send_due()

    assert "certificate" in (await desk.row(invited))["last_error"]
    assert server.attempts == []


async def test_a_server_without_tls_gets_no_mail_when_tls_is_asked_for(
    desk: Desk, mail_server: MailServer
) -> None:
    await desk.invite()
    desk.server = SmtpServer("127.0.0.1", mail_server.port, SmtpSecurity.STARTTLS, sender=FROM)

    with pytest.raises(ServerTrouble):
        await desk.sender().send_due()

    assert mail_server.attempts == []


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
    assert 0 <= running.oldest_due_s < 5

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
