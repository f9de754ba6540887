"""How each kind of mail reads: the link whole and right, everything else harmless."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.console import INDEX, Console, ServedFile
from api.mail.letters import Mail, render
from api.mail.message import compose
from api.mail.sender import without_link
from api.plain_text import one_line
from domain.ids import UUID
from domain.queries.mailbox import MailboxRow
from domain.secrets import read_secret
from domain.vocabulary import MailKind
from tests.api.mail.desk import LINKS
from tests.support.factories import POLICY, link_of

ORGANIZATION = UUID("01920000-0000-7000-8000-000000000001")
INVITATION = UUID("01920000-0000-7000-8000-000000000002")
TOKEN = POLICY.token_of(ORGANIZATION, INVITATION)
URL = "https://rollcall.example.com"
SENDER = "Rollcall <invitations@rollcall.example.com>"
SIGN_IN_TOKEN = LINKS.sign_in.token_of(INVITATION)
MAIL = Mail(
    kind=MailKind.INVITATION,
    id=INVITATION,
    organization_name="Ada & Söhne <GmbH>",
    organization_slug="ada-soehne-gmbh",
    person_name="Ada <b>Lovelace</b>",
    email="ada@example.com",
    expires_at=datetime(2026, 3, 6, 12, 30, tzinfo=UTC),
    token=TOKEN,
)


def received(mail: Mail, sender: str = SENDER) -> EmailMessage:
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
        self.words = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words += data

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
    assert body(received(replace(MAIL, person_name=None)), "plain").startswith("Hello,\n")


@given(st.text(max_size=200), st.text(max_size=60))
@example("Evil\r\nBcc: all@example.com", "x\r\n\r\nY")
@example("{{ 7 * 7 }}", "{% raw %}")
@example("\ud800", "\u202e\u2028")
def test_no_name_breaks_out(organization: str, name: str) -> None:
    mail = received(replace(MAIL, organization_name=organization, person_name=name))

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


def of_kind(kind: MailKind) -> Mail:
    token = {
        MailKind.INVITATION: TOKEN,
        MailKind.REMINDER: TOKEN,
        MailKind.SIGN_IN: SIGN_IN_TOKEN,
    }
    return replace(MAIL, kind=kind, token=token.get(kind), waiting=3)


LINKS_OF_KINDS = {
    MailKind.INVITATION: f"{URL}/accept#{TOKEN}",
    MailKind.REMINDER: f"{URL}/accept#{TOKEN}",
    MailKind.SIGN_IN: f"{URL}/sign-in#{SIGN_IN_TOKEN}",
    MailKind.CONFIRMABLE: f"{URL}/o/ada-soehne-gmbh/confirmations",
    MailKind.CONFIRMED: URL,
    MailKind.ACCESS_REVOKED: None,
}
SUBJECTS = {
    MailKind.INVITATION: "Invitation to Ada & Söhne <GmbH>",
    MailKind.REMINDER: "Your invitation to Ada & Söhne <GmbH> is still open",
    MailKind.SIGN_IN: "Your link to sign in",
    MailKind.CONFIRMABLE: "3 people wait to be confirmed at Ada & Söhne <GmbH>",
    MailKind.CONFIRMED: "You are confirmed at Ada & Söhne <GmbH>",
    MailKind.ACCESS_REVOKED: "Your access to Ada & Söhne <GmbH> has ended",
}


@pytest.mark.parametrize("kind", list(MailKind))
def test_each_kind_has_its_subject_and_its_link_in_both_forms(kind: MailKind) -> None:
    mail = received(of_kind(kind))
    link = LINKS_OF_KINDS[kind]

    assert mail["Subject"] == SUBJECTS[kind]
    assert render(of_kind(kind), URL).link == link
    text, page = body(mail, "plain"), Page(body(mail, "html"))
    assert text.startswith("Hello Ada <b>Lovelace</b>,\n")
    assert page.addresses == ([] if link is None else [link, link])
    if link is not None:
        assert f"\n{link}\n" in text
    secrets = [TOKEN, SIGN_IN_TOKEN]
    assert [secret for secret in secrets if secret in text] == [
        secret for secret in secrets if link is not None and secret in link
    ]


@pytest.mark.parametrize("kind", list(MailKind))
def test_no_kind_calls_home_and_each_is_made_for_the_dark(kind: MailKind) -> None:
    html = body(received(of_kind(kind)), "html")

    assert set(Page(html).tags) & {"img", "script", "iframe", "link", "object", "form"} == set()
    assert "url(" not in html
    assert "prefers-color-scheme: dark" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert '<html lang="en">' in html
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in html


@pytest.mark.parametrize("kind", list(MailKind))
def test_both_forms_say_the_same(kind: MailKind) -> None:
    rendered = render(of_kind(kind), URL)
    page = Page(rendered.html)

    written = {word.rstrip(".,:") for word in rendered.text.split("\n-- \n")[0].split()}
    assert written - {word.rstrip(".,:") for word in page.words.split()} <= {"here"}


@pytest.mark.parametrize("kind", [kind for kind, link in LINKS_OF_KINDS.items() if link])
def test_every_link_leads_to_a_page_of_the_console(kind: MailKind) -> None:
    console = Console({INDEX: ServedFile(b"", {}, "text/html", None)})

    link = render(of_kind(kind), URL).link or ""

    assert console.answers(urlsplit(link).path or "/")


def test_who_waits_is_counted_in_words() -> None:
    one = render(replace(of_kind(MailKind.CONFIRMABLE), waiting=1), URL)

    assert one.subject == "1 person waits to be confirmed at Ada & Söhne <GmbH>"
    assert "one person has accepted the invitation" in one.text
    assert "waits to be confirmed" in one.text


def test_a_sign_in_mail_names_no_organization() -> None:
    rendered = render(of_kind(MailKind.SIGN_IN), URL)

    assert "Söhne" not in rendered.subject + rendered.text + rendered.html
    assert "until 06 March 2026, 12:30 UTC" in rendered.text


def test_the_mailbox_shows_the_same_mail() -> None:
    row = MailboxRow(
        organization_id=ORGANIZATION,
        organization_name=MAIL.organization_name,
        organization_slug=MAIL.organization_slug,
        kind=MailKind.INVITATION,
        id=INVITATION,
        person_name=MAIL.person_name,
        email=MAIL.email,
        link_id=INVITATION,
        facts={},
        state="QUEUED",
        attempts=0,
        last_error=None,
        queued_at=MAIL.expires_at,
        due_at=MAIL.expires_at,
        expires_at=MAIL.expires_at,
    )

    assert LINKS.render(row) == render(MAIL, URL)
