"""What the admin API needs from whoever runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from domain.application import Application
from domain.caller import Caller
from domain.ids import UUID
from domain.queries.reader import Reader
from domain.queries.snapshots import Replica
from domain.queries.tails import Tails

if TYPE_CHECKING:
    from domain.queries.mailbox import MailboxRow


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one operation may ask for."""

    body_bytes: int = 1_048_576
    anonymous_body_bytes: int = 65_536
    tokens: int = 2_000
    anonymous_tokens: int = 500
    nesting: int = 50
    depth: int = 10
    aliases: int = 30
    root_fields: int = 20
    cost: int = 5_000
    operation_s: float = 10.0
    subscriptions_per_connection: int = 10
    subscriptions_per_token: int = 100
    """In one process."""
    recheck_s: float = 60.0
    """How often it is looked at whether the caller of a subscription may still read.

    After news of its organization that is looked at within a second.
    """
    even_s: float = 0.25
    """An answer that must not tell what was found comes after a multiple of it."""
    keep_alive_s: float = 15.0
    connection_init_s: float = 10.0


class Wait(NamedTuple):
    """Not now: a budget, such as `60 operations` a minute, is spent for so many seconds."""

    seconds: float
    budget: str


class ShownMail(Protocol):
    """A mail in words."""

    @property
    def subject(self) -> str:
        """What it is about."""

    @property
    def text(self) -> str:
        """The mail as plain text."""

    @property
    def html(self) -> str:
        """The mail as HTML."""

    @property
    def link(self) -> str | None:
        """The link in it."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a caller may run another operation now.

    `start` is asked before a document is read, `spend` when its cost is known; whom `spend` refuses
    has `start` taken back. `left` says how much cost could be spent at once, None without a budget.
    """

    start: Callable[[Caller], Wait | None] = lambda _caller: None
    spend: Callable[[Caller, int], Wait | None] = lambda _caller, _cost: None
    left: Callable[[Caller], int | None] = lambda _caller: None


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a page must know of the server before anybody is signed in.

    `development_mailbox`: mail is kept to be looked at, since no mail server is set.
    """

    version: str = ""
    embedded_database: bool = False
    development_mailbox: bool = False


def _nobody(_id: UUID) -> None:
    """Take no note of a used token or session, of an organization that somebody has left."""


def _patient(_ip: str | None) -> float | None:
    """Take no note of a wrong token, nor of a link that was asked for."""


def _anything(_caller: Caller) -> bool:
    """Let every caller run any document."""
    return False


@dataclass(frozen=True, slots=True)
class GraphqlServices:
    """The domain's doors and the server's own address.

    `reader` reads from the pool. Queries of access tokens read from `replica` while that is at most
    a second behind; people see at once what they have done themselves.

    `public_url` ends without a slash. `deprovision_guard` False says that the guard is off for
    every connection. `plans` False completes lists field by field. `token_used` hears the id of
    every access token that was let in, `session_used` that of every session, `wrong_token` the
    address that sent a wrong one; it answers the seconds to wait where there were too many.
    `link_requested` hears the address that asks for a link to sign in with, and answers likewise.
    `documents` are the trusted ones, by the SHA-256 of their text; `documents_only` says of whom
    that they may run no others, as people with a session, whose browsers other pages use, too.
    `tails` wake subscriptions; the default ones are woken by nobody. `access_changed` hears the
    organizations whose subscribers may have lost their rights, without an event of them. `mailbox`
    puts a mail into words where mail is kept to be looked at; None where it is sent. `ran` hears
    the name of each operation over HTTP, its caller, and the `extensions` of its errors.
    """

    application: Application
    reader: Reader
    public_url: str
    replica: Replica | None = None
    limits: Limits = field(default_factory=Limits)
    admission: Admission = field(default_factory=Admission)
    deprovision_guard: bool = True
    plans: bool = True
    token_used: Callable[[UUID], None] = _nobody
    session_used: Callable[[UUID], None] = _nobody
    access_changed: Callable[[UUID], None] = _nobody
    server: ServerFacts = field(default_factory=ServerFacts)
    tails: Tails = field(default_factory=Tails)
    wrong_token: Callable[[str | None], float | None] = _patient
    link_requested: Callable[[str | None], float | None] = _patient
    mailbox: Callable[[MailboxRow], ShownMail] | None = None
    documents: Mapping[str, str] = field(default_factory=dict)
    documents_only: Callable[[Caller], bool] = _anything
    ran: Callable[[str | None, Caller, list[Mapping[str, str]]], None] | None = None
