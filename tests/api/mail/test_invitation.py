"""How an invitation reads: the link whole and right, everything else harmless."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.mail.development import render_row
from api.mail.invitation import InvitationMail, compose, one_line, render, token_of
from api.mail.sender import without_link
from domain.ids import UUID
from domain.queries.mailbox import MailboxRow
from domain.secrets import read_secret
from domain.vocabulary import InvitationState
from tests.support.factories import POLICY, link_of

ORGANIZATION = UUID("01920000-0000-7000-8000-000000000001")
INVITATION = UUID("01920000-0000-7000-8000-000000000002")
TOKEN = token_of(POLICY, ORGANIZATION, INVITATION)
URL = "https://rollcall.example.com"
SENDER = "Rollcall <invitations@rollcall.example.com>"
MAIL = InvitationMail(
    invitation_id=INVITATION,
    organization_name="Ada & Söhne <GmbH>",
    member_name="Ada <b>Lovelace</b>",
    email="ada@example.com",
    expires_at=datetime(2026, 3, 6, 12, 30, tzinfo=UTC),
    token=TOKEN,
)


def received(mail: InvitationMail, sender: str = SENDER) -> EmailMessage:
    """The mail as a mail program reads it."""
    sent = compose(mail, sender=sender, public_url=URL).as_bytes(policy=policy.SMTP)
    read = message_from_bytes(sent, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class Page(HTMLParser):
    """Collects what a page asks for and says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in {"href", "src", "background"}
        ]


def test_the_token_opens_the_invitation() -> None:
    presented = read_secret("inv", 2, TOKEN)

    assert presented is not None
    assert presented.ids == (ORGANIZATION, INVITATION)
    assert link_of(ORGANIZATION, INVITATION) == TOKEN


def test_the_link_is_whole_in_both_forms_and_in_the_fragment() -> None:
    link = f"{URL}/accept#{TOKEN}"
    mail = received(MAIL)

    assert f"\n{link}\n" in body(mail, "plain")
    assert Page(body(mail, "html")).addresses == [link, link]


def test_what_the_mail_says() -> None:
    mail = received(MAIL)

    assert mail["Subject"] == "Invitation to Ada & Söhne <GmbH>"
    assert mail["From"] == SENDER
    assert mail["To"] == "ada@example.com"
    assert mail["Message-ID"] == f"<{INVITATION}@rollcall.example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]
    text = body(mail, "plain")
    assert text.startswith("Hello Ada <b>Lovelace</b>,\n")
    assert "06 March 2026, 12:30 UTC" in text
    html = body(mail, "html")
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in html
    assert "Ada &amp; Söhne &lt;GmbH&gt;" in html
    assert "Ada & Söhne" in unescape(html)


def test_nothing_in_the_mail_calls_home() -> None:
    html = body(received(MAIL), "html")

    assert set(Page(html).tags) & {"img", "script", "iframe", "link", "object", "form"} == set()
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html
    assert '<meta name="color-scheme" content="light dark">' in html


def test_a_nameless_person_is_greeted_too() -> None:
    assert body(received(replace(MAIL, member_name=None)), "plain").startswith("Hello,\n")


@given(st.text(max_size=200), st.text(max_size=60))
@example("Evil\r\nBcc: all@example.com", "x\r\n\r\nY")
@example("{{ 7 * 7 }}", "{% raw %}")
@example("\ud800", "\u202e\u2028")
def test_no_name_breaks_out(organization: str, name: str) -> None:
    mail = received(replace(MAIL, organization_name=organization, member_name=name))

    own = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
    assert sorted(mail.keys()) == sorted([*own, "MIME-Version", "Content-Type"])
    # Blanks aside: folding a long header of encoded words may lose one between two of them.
    subject = "".join(f"Invitation to {one_line(organization)}".split())
    assert "".join(str(mail["Subject"]).split()) == subject
    assert Page(body(mail, "html")).addresses == [f"{URL}/accept#{TOKEN}"] * 2


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ada+scim@example.com", "ada+scim@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("o'hara@example.com", "o'hara@example.com"),
    ],
)
def test_addresses(address: str, written: str) -> None:
    assert compose(replace(MAIL, email=address), sender=SENDER, public_url=URL)["To"] == written


@pytest.mark.parametrize("address", ["a@" + "ü" * 80 + ".example", "a\r\nBcc: b@c.d@example.com"])
def test_impossible_addresses(address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        compose(replace(MAIL, email=address), sender=SENDER, public_url=URL)


def test_secrets_do_not_show_in_logs() -> None:
    secret = TOKEN.split("_", 3)[-1]

    assert secret not in repr(MAIL)
    assert secret not in repr(render(MAIL, URL))


@given(st.integers(0, 42), st.integers(8, 43), st.booleans())
def test_errors_never_quote_the_link(start: int, length: int, folded: bool) -> None:
    secret = TOKEN.split("_", 3)[-1]
    quoted = secret[start : start + length]
    if folded:
        quoted = quoted[:4] + "=\r\n" + quoted[4:]

    kept = without_link(f"the mail server answered 554 spam: {quoted} seen", TOKEN)

    if len(secret[start : start + length]) >= 8:
        assert "554" in kept
        assert "spam" not in kept
    assert quoted not in kept or len(quoted) < 8


def test_other_errors_are_kept_on_one_line() -> None:
    kept = without_link("the mail server answered 550 5.1.1\r\nno such user" + "x" * 900, TOKEN)

    assert kept.startswith("the mail server answered 550 5.1.1 no such user")
    assert len(kept) == 500


def test_the_development_mailbox_shows_the_same_mail() -> None:
    row = MailboxRow(
        organization_id=ORGANIZATION,
        organization_name=MAIL.organization_name,
        id=INVITATION,
        member_id=INVITATION,
        member_name=MAIL.member_name,
        email=MAIL.email,
        state=InvitationState.QUEUED,
        attempts=0,
        last_error=None,
        queued_at=MAIL.expires_at,
        due_at=MAIL.expires_at,
        sent_at=None,
        expires_at=MAIL.expires_at,
    )

    assert render_row(row, POLICY, URL) == render(MAIL, URL)
