"""What the admin API needs from whoever runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from domain.application import Application
from domain.ids import UUID
from domain.queries.reader import Reader
from domain.queries.tails import Tails


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one operation may ask for."""

    body_bytes: int = 1_048_576
    tokens: int = 2_000
    depth: int = 10
    aliases: int = 30
    root_fields: int = 20
    cost: int = 5_000
    operation_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a caller may run another operation now; where rates will be limited."""

    allow: Callable[[UUID | None, int], float | None] = lambda _token_id, _cost: None
    """From the token and the cost to the seconds to wait, None when it may run at once."""


def _nobody(_token_id: UUID) -> None:
    """Take no note of a used token."""


@dataclass(frozen=True, slots=True)
class GraphqlServices:
    """The domain's doors and the server's own address.

    `reader` reads from the pool. `deprovision_guard` False says that the guard is off for every
    connection. `token_used` hears the id of every access token that was let in.
    """

    application: Application
    reader: Reader
    public_url: str
    limits: Limits = field(default_factory=Limits)
    admission: Admission = field(default_factory=Admission)
    deprovision_guard: bool = True
    token_used: Callable[[UUID], None] = _nobody
    tails: Tails = field(default_factory=Tails)
