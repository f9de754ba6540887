"""Writes the invitation mail: subject, text and HTML, with the accept link."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from domain.commands.invitations import LINK_PREFIX
from domain.secrets import secret_text

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.store.unit_of_work import InvitationPolicy

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEXT = _TEMPLATES.get_template("invitation.txt")
_HTML = _TEMPLATES.get_template("invitation.html")


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """What a mail is about; `token` opens the link and stands in nothing but the mail."""

    invitation_id: UUID
    organization_name: str
    member_name: str | None
    email: str
    expires_at: datetime
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail as a person reads it."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    link: str = field(repr=False)


def token_of(policy: InvitationPolicy, organization_id: UUID, invitation_id: UUID) -> str:
    """The token of an invitation's link."""
    secret = policy.secret_of(organization_id, invitation_id)
    return secret_text(LINK_PREFIX, secret, organization_id, invitation_id).text


def render(mail: InvitationMail, public_url: str) -> RenderedMail:
    """The invitation in words."""
    organization = one_line(mail.organization_name)
    # In the fragment, which browsers send to no server and which so stands in no log.
    link = f"{public_url}/accept#{mail.token}"
    words = {
        "organization": organization,
        "name": one_line(mail.member_name or ""),
        "email": one_line(mail.email),
        "link": link,
        "server": public_url,
        "expires": f"{mail.expires_at.astimezone(UTC):%d %B %Y, %H:%M} UTC",
    }
    return RenderedMail(
        subject=f"Invitation to {organization}",
        text=_TEXT.render(words),
        html=_HTML.render(words),
        link=link,
    )


def compose(mail: InvitationMail, *, sender: str, public_url: str) -> EmailMessage:
    """The mail as it is sent. Raises ValueError when nothing can be sent to the address."""
    rendered = render(mail, public_url)
    name, address = parseaddr(sender)
    from_address = _address(address, name)
    message = EmailMessage()
    message["From"] = from_address
    message["To"] = _address(mail.email)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    # The same for every attempt: who gets a mail twice after a crash can tell.
    message["Message-ID"] = f"<{mail.invitation_id}@{from_address.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    return message


def one_line(text: str) -> str:
    """The text without line breaks, control and invisible characters, blanks made one."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    return Address(display_name=one_line(name), username=local, domain=domain)
