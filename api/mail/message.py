"""Makes of a mail what a mail server takes: headers, addresses, both bodies."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

from api.mail.letters import render
from api.plain_text import one_line

if TYPE_CHECKING:
    from api.mail.letters import Mail


def compose(mail: Mail, *, sender: str, public_url: str) -> EmailMessage:
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
    message["Message-ID"] = f"<{mail.id}@{from_address.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    return message


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")  # UnicodeError is a ValueError
    return Address(display_name=one_line(name), username=local, domain=domain)
