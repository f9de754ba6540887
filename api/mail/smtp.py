"""Hands mails to a mail server, and reads from its answers what to do next."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TYPE_CHECKING

import aiosmtplib

from api.settings import SmtpSecurity

if TYPE_CHECKING:
    from api.settings import Settings

COMMAND_TIMEOUT_S = 20.0
MAIL_TIMEOUT_S = 60.0
_UNAVAILABLE = 421
# RFC 4954 §6: the server wants another sign-in than it got; the address is not at fault.
_SIGN_IN_CODES = frozenset({530, 534, 535, 538})


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where and how mail is handed over; `tls` replaces the system's trusted certificates."""

    host: str
    port: int = 587
    security: SmtpSecurity = SmtpSecurity.STARTTLS
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str = "Rollcall <rollcall@localhost>"
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> SmtpServer | None:
        """The server of the settings; None when mail stays in the development mailbox."""
        if settings.smtp_host is None:
            return None
        password = settings.smtp_password
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            username=settings.smtp_username,
            password=None if password is None else password.get_secret_value(),
            sender=settings.mail_from,
        )


class DeliveryError(Exception):
    """A mail was not taken; the message is for the operator and never quotes the mail."""


class AddressRefused(DeliveryError):
    """Nobody can be written to at this address: trying again is pointless."""


class MailRefused(DeliveryError):
    """The server does not want this mail: trying again is pointless."""


class TryAgain(DeliveryError):
    """This mail may be taken later."""


class ServerTrouble(DeliveryError):
    """No mail gets through at present, whatever it says and whomever it is for."""


class SmtpSession:
    """One connection to the mail server, opened when needed and used for many mails."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._connection: aiosmtplib.SMTP | None = None
        self._sender = parseaddr(server.sender)[1]

    async def send(self, message: EmailMessage) -> None:
        """Hand the mail over. Raises a DeliveryError, unless the server has taken the mail."""
        try:
            async with asyncio.timeout(MAIL_TIMEOUT_S):
                connection = await self._connected()
                await self._hand_over(connection, message)
        except TimeoutError as error:
            self._drop()
            raise ServerTrouble("the mail server took too long") from error
        except BaseException as error:
            if not isinstance(error, AddressRefused | MailRefused | TryAgain):
                self._drop()
            raise

    async def close(self) -> None:
        """Say goodbye, if there was anyone to talk to."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(aiosmtplib.SMTPException, OSError):
                await connection.quit(timeout=2)
            connection.close()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._connection is not None:
            try:
                # Servers end connections after some time or some mails.
                await self._connection.rset()
            except (aiosmtplib.SMTPException, OSError):
                self._drop()
            else:
                return self._connection
        server = self._server
        connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            local_hostname=self._sender.rpartition("@")[2] or "localhost",
            use_tls=server.security is SmtpSecurity.TLS,
            start_tls=server.security is SmtpSecurity.STARTTLS,
            tls_context=None if server.security is SmtpSecurity.NONE else server.tls,
            timeout=COMMAND_TIMEOUT_S,
        )
        try:
            await connection.connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            raise ServerTrouble(f"the mail server refused the sign-in ({error.code})") from error
        except aiosmtplib.SMTPResponseException as error:
            raise ServerTrouble(f"the mail server answered {_answer(error)}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ServerTrouble(f"no connection to the mail server: {error}") from error
        self._connection = connection
        return connection

    async def _hand_over(self, connection: aiosmtplib.SMTP, message: EmailMessage) -> None:
        try:
            recipient = message["To"].addresses[0].addr_spec
            await connection.send_message(message, sender=self._sender, recipients=[recipient])
        except aiosmtplib.SMTPRecipientsRefused as error:
            refusal = error.recipients[0]
            raise _problem(refusal, AddressRefused) from error
        except aiosmtplib.SMTPSenderRefused as error:
            raise ServerTrouble(f"the sender was refused: {_answer(error)}") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _problem(error, MailRefused) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise AddressRefused("the mail server takes ASCII addresses only") from error
        except ValueError as error:
            raise AddressRefused("the address cannot be written to") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ServerTrouble(f"the connection broke: {error}") from error


def _problem(
    error: aiosmtplib.SMTPResponseException, permanent: type[DeliveryError]
) -> DeliveryError:
    if error.code == _UNAVAILABLE or error.code in _SIGN_IN_CODES:
        return ServerTrouble(f"the mail server answered {_answer(error)}")
    kind = permanent if 500 <= error.code < 600 else TryAgain
    return kind(f"the mail server answered {_answer(error)}")


def _answer(error: aiosmtplib.SMTPResponseException) -> str:
    return f"{error.code} {error.message}".strip()
