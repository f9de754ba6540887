"""Writes a mail of any kind in words: subject, text and HTML, with its link where it has one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.console_pages import ACCEPT, SIGN_IN, confirmations_page
from api.plain_text import one_line
from domain.vocabulary import MailKind

if TYPE_CHECKING:
    from domain.ids import UUID

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEXTS = {kind: _TEMPLATES.get_template(f"{kind.lower()}.txt") for kind in MailKind}
_PAGES = {kind: _TEMPLATES.get_template(f"{kind.lower()}.html") for kind in MailKind}


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail is about; `token` opens its link and stands in nothing but the mail.

    `waiting` is how many people a CONFIRMABLE tells of.
    """

    kind: MailKind
    id: UUID
    organization_name: str
    organization_slug: str
    person_name: str | None
    email: str
    expires_at: datetime
    token: str | None = field(default=None, repr=False)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail as a person reads it."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    link: str | None = field(repr=False)


def render(mail: Mail, public_url: str) -> RenderedMail:
    """The mail in words."""
    organization = one_line(mail.organization_name)
    link = _link(mail, public_url)
    words = {
        "organization": organization,
        "name": one_line(mail.person_name or ""),
        "email": one_line(mail.email),
        "link": link,
        "server": public_url,
        "waiting": mail.waiting,
        "expires": f"{mail.expires_at.astimezone(UTC):%d %B %Y, %H:%M} UTC",
        "subject": (subject := _subject(mail, organization)),
    }
    return RenderedMail(
        subject=subject,
        text=_TEXTS[mail.kind].render(words),
        html=_PAGES[mail.kind].render(words),
        link=link,
    )


def _link(mail: Mail, public_url: str) -> str | None:
    # Tokens are in the fragment, which browsers send to no server and which so stands in no log.
    match mail.kind:
        case MailKind.INVITATION | MailKind.REMINDER:
            return f"{public_url}{ACCEPT}#{mail.token}"
        case MailKind.SIGN_IN:
            return f"{public_url}{SIGN_IN}#{mail.token}"
        case MailKind.CONFIRMABLE:
            return f"{public_url}{confirmations_page(mail.organization_slug)}"
        case MailKind.CONFIRMED:
            return public_url
        case MailKind.ACCESS_REVOKED:
            return None


def _subject(mail: Mail, organization: str) -> str:
    match mail.kind:
        case MailKind.INVITATION:
            return f"Invitation to {organization}"
        case MailKind.REMINDER:
            return f"Your invitation to {organization} is still open"
        case MailKind.SIGN_IN:
            return "Your link to sign in"
        case MailKind.CONFIRMABLE:
            who = "1 person waits" if mail.waiting == 1 else f"{mail.waiting} people wait"
            return f"{who} to be confirmed at {organization}"
        case MailKind.CONFIRMED:
            return f"You are confirmed at {organization}"
        case MailKind.ACCESS_REVOKED:
            return f"Your access to {organization} has ended"
