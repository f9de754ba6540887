"""`rollcall mail`: the development mailbox."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.caller import nobody
from domain.commands import InviteMember, RequestSignInLink
from domain.secrets import read_secret
from domain.vocabulary import MailKind, MemberStatus, ProvisioningSource
from tests.support import factories
from tests.support.blocking import blocking
from tests.support.command_line import CommandLine
from tests.support.database import TestDatabase
from tests.support.factories import SYSTEM


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    return CommandLine(worker_database)


@pytest.fixture
def acme(shell: CommandLine, database_url: str) -> dict[str, Any]:
    """An organization that has invited one person."""
    owner = f"owner.{uuid4().hex}@example.com"
    made: dict[str, Any] = shell.json("init", "-o", f"Acme {uuid4().hex}", "--owner", owner)
    invited = f"olga.{uuid4().hex}@example.com"
    command = InviteMember(UUID(made["organizationId"]), invited, ProvisioningSource.CLI)
    with blocking(database_url) as runner:
        runner.run(runner.app.execute(command, SYSTEM))
    return made | {"invited": invited}


def test_queued_invitation_is_listed_and_shown_with_its_link(
    shell: CommandLine, acme: dict[str, Any]
) -> None:
    (listed,) = shell.json("mail", "list", "--organization", acme["organizationId"])
    by_id = shell.json("mail", "show", listed["id"])
    by_address = shell.json("mail", "show", acme["invited"].upper())

    assert listed["to"] == acme["invited"]
    assert listed["state"] == "QUEUED"
    assert by_id == by_address
    token = by_id["text"].partition("https://rollcall.example.com/accept#")[2].split()[0]
    presented = read_secret("inv", 2, token)
    assert presented is not None
    assert str(presented.ids[0]) == acme["organizationId"]


def test_links_to_sign_in_and_notices_are_mail_too(shell: CommandLine, database_url: str) -> None:
    with blocking(database_url) as runner:
        organization_id = runner.run(factories.organization(runner.app))
        person = runner.run(factories.member(runner.app, organization_id, MemberStatus.CONFIRMED))
        email = person.attributes.email or ""
        runner.run(runner.app.execute(RequestSignInLink(email), nobody()))

    listed = shell.json("mail", "list", "--organization", str(organization_id))
    shown = [shell.json("mail", "show", each["id"]) for each in listed]

    assert [(each["kind"], each["to"]) for each in listed] == [
        ("SIGN_IN", email),
        ("CONFIRMED", email),
    ]
    assert shown[0]["link"].startswith("https://rollcall.example.com/sign-in#sil_")
    assert shown[0]["link"] in shown[0]["text"]
    assert shown[1]["link"] == "https://rollcall.example.com"
    assert shown[1]["subject"].startswith("You are confirmed at organization")
    for each in shell.json("mail", "list", "--limit", "500"):
        assert each["kind"] in set(MailKind)


def test_mail_that_bounced_is_listed_and_shown_with_the_reason(
    shell: CommandLine, acme: dict[str, Any], database_url: str
) -> None:
    reason = "550 no such user\x1b[2J"
    with blocking(database_url) as runner:
        runner.run(
            runner.app.pool.execute(
                "UPDATE invitations SET state = 'BOUNCED', last_error = $2,"
                " expires_at = now() - interval '1 day' WHERE email = $1",
                acme["invited"],
                reason,
            )
        )

    (listed,) = shell.json("mail", "list", "--organization", acme["organizationId"])
    by_id = shell.json("mail", "show", listed["id"])
    by_address = shell.run("mail", "show", acme["invited"])

    assert (listed["state"], listed["lastError"]) == ("BOUNCED", reason)
    assert (by_id["state"], by_id["lastError"]) == ("BOUNCED", reason)
    assert by_address.stdout.startswith("State: BOUNCED\nLast error: 550 no such user")
    assert "\x1b" not in by_address.stdout
    assert f"Subject: {by_id['subject']}" in by_address.stdout


def test_unknown_mail_is_one_line(shell: CommandLine, acme: dict[str, Any]) -> None:
    refused = shell.run("mail", "show", "nobody@example.com", "-o", acme["organizationId"])

    assert refused.exit_code == 1
    assert len(refused.stderr.splitlines()) == 1
