"""What a request presents of its sender, and who that turns out to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql_schema.ids import Kind, read_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.caller import Caller
    from domain.ids import UUID
    from domain.queries.rows import AccessTokenRow
    from domain.queries.session_callers import SessionAndAccount
    from graphql_schema.cookies import SessionCookie

ORGANIZATION_HEADER = "x-rollcall-organization"
PROOF_HEADER = "x-rollcall"
"""Beside a cookie: browsers let only our own pages add it."""


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request says of who sends it; `organization` is the one a person wants to act in."""

    authorization: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)
    organization: str | None = None
    user_agent: str | None = None
    ip: str | None = None

    @property
    def asked(self) -> UUID | str | None:
        """The organization that was asked for: by its id, else by its slug."""
        text = (self.organization or "").strip()
        if not text:
            return None
        found = read_id(text)
        return found.id if found is not None and found.kind is Kind.ORGANIZATION else text


@dataclass(frozen=True, slots=True)
class Known:
    """Who calls: by an access token, by a session, or nobody in particular with neither.

    `is_stale` says that a session was presented which does not work, or works no more.
    """

    caller: Caller
    token: AccessTokenRow | None = None
    session: SessionAndAccount | None = None
    presented: Presented = field(default_factory=Presented)
    is_stale: bool = False

    @property
    def is_nobody(self) -> bool:
        """Whether neither token nor session says who calls: open fields only, then."""
        return self.token is None and self.session is None

    @property
    def key(self) -> UUID:
        """What tells this token, or this session, from all others."""
        found = self.session or self.token
        return self.caller.request_id if found is None else found.id


def presented_by(scope: Mapping[str, Any], cookie: SessionCookie) -> Presented:
    """What the headers of a request, of HTTP or to a websocket, present."""
    pairs = scope["headers"]
    headers = {name: value.decode("latin-1") for name, value in pairs}
    client = scope.get("client")
    return Presented(
        authorization=headers.get(b"authorization"),
        session=cookie.read(pairs),
        organization=headers.get(ORGANIZATION_HEADER.encode()),
        user_agent=headers.get(b"user-agent"),
        ip=client[0] if client else None,
    )
