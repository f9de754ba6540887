"""The invitation sender against a real mail server that refuses, hangs, hangs up or lies."""

import logging
import ssl

import pytest

from api.mail import smtp
from api.mail.smtp import ServerTrouble, SmtpServer
from api.settings import SmtpSecurity
from tests.api.mail.desk import FROM, URL, Desk
from tests.support import factories
from tests.support.mail_server import MailServer, answer, hang, hang_up


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
