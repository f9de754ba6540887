"""A real mail server for tests, in a thread: takes mails, refuses, hangs or hangs up on order."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

CERTIFICATE = Path(__file__).parent / "localhost.pem"
"""Of a server called localhost, with its key."""
Behaviour = Callable[[SMTP], Awaitable[str]]


def server_tls() -> ssl.SSLContext:
    """TLS of a mail server called localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def answer(text: str) -> Behaviour:
    """Answer so."""

    async def behave(_server: SMTP) -> str:
        return text

    return behave


async def hang(_server: SMTP) -> str:
    """Say nothing."""
    await asyncio.sleep(3600)
    return "250 never"


async def hang_up(server: SMTP) -> str:
    """End the connection without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
    return "250 nobody hears this"


@dataclass
class Letter:
    """A mail that arrived, with its envelope."""

    sender: str
    recipients: list[str]
    content: EmailMessage
    encrypted: bool
    login: str | None


@dataclass
class MailServer:
    """Listens on a free port of this machine while in a `with` block."""

    tls: ssl.SSLContext | None = None
    tls_from_the_start: bool = False
    login: tuple[str, str] | None = None
    smtputf8: bool = False
    port: int = 0
    connections: int = 0
    letters: list[Letter] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    on_sender: Behaviour | None = None
    on_recipient: dict[str, Behaviour] = field(default_factory=dict)
    on_content: Behaviour | None = None
    on_reset: Behaviour | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        context = self.tls if self.tls_from_the_start else None
        server = self._loop.run_until_complete(
            self._loop.create_server(self._protocol, "127.0.0.1", self.port, ssl=context)
        )
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _protocol(self) -> SMTP:
        self.connections += 1
        starttls = self.tls is not None and not self.tls_from_the_start
        return SMTP(
            self,
            loop=self._loop,
            hostname="mail.test",
            tls_context=self.tls if starttls else None,
            require_starttls=starttls,
            auth_require_tls=False,
            authenticator=self._authenticate if self.login else None,
            enable_SMTPUTF8=self.smtputf8,
        )

    def _authenticate(self, *arguments: Any) -> AuthResult:
        given = arguments[-1]
        assert isinstance(given, LoginPassword)
        assert self.login is not None
        right = (given.login.decode(), given.password.decode()) == self.login
        return AuthResult(success=right, handled=right, auth_data=given.login.decode())

    # What aiosmtpd calls.

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.on_sender is not None:
            return await self.on_sender(server)
        if self.login is not None and not session.authenticated:
            return "530 5.7.0 sign in first"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        self.attempts.append(address)
        if address in self.on_recipient:
            return await self.on_recipient[address](server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(self, server: SMTP, _session: Any, _envelope: Any) -> str:  # noqa: N802
        return await self.on_reset(server) if self.on_reset is not None else "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.on_content is not None:
            return await self.on_content(server)
        content = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(content, EmailMessage)
        self.letters.append(
            Letter(
                sender=envelope.mail_from,
                recipients=list(envelope.rcpt_tos),
                content=content,
                encrypted=_is_encrypted(server),
                login=session.auth_data,
            )
        )
        return "250 taken"


def _is_encrypted(server: SMTP) -> bool:
    return server.transport is not None and bool(server.transport.get_extra_info("ssl_object"))
