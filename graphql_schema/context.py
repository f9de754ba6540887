"""What the resolvers of one operation share: the caller, one view of the data, the loaders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from domain.clock import utc_now
from domain.queries.reader import Reader
from domain.queries.snapshots import Snapshot, snapshot_of
from graphql_schema.loaders import Loaders

if TYPE_CHECKING:
    from datetime import datetime

    from domain.application import Command, Outcome, Result
    from domain.caller import Caller
    from domain.ids import UUID
    from domain.queries.rows import AccessTokenRow
    from domain.queries.session_callers import SessionAndAccount
    from domain.vocabulary import Scope
    from graphql_schema.cookies import SessionCookie
    from graphql_schema.live import Stream
    from graphql_schema.presented import Known
    from graphql_schema.services import GraphqlServices


class Context:
    """Made for each operation; `close` gives back what it holds.

    `cookies` is None where the answer cannot carry a cookie; what it is to carry is `set_cookie`.
    """

    def __init__(
        self, services: GraphqlServices, known: Known, cookies: SessionCookie | None = None
    ) -> None:
        self.services = services
        self.known = known
        self.cookies = cookies
        self.set_cookie: str | None = None
        self.has_commanded = False
        """Whether the operation may have changed something."""
        self.only_reads = False
        """Whether the operation is known to be a query."""
        self.now: datetime = utc_now()
        self.cost: int | None = None
        self.needed: frozenset[Scope] = frozenset()
        self.stream: Stream | None = None
        """Of a subscription: what it shares with whoever runs it."""
        self._snapshot: Snapshot = snapshot_of(services.reader)
        self.reader = Reader(self._snapshot)
        self.load = Loaders(self.reader)

    @property
    def caller(self) -> Caller:
        """Who calls, with the rights of this moment."""
        return self.known.caller

    @property
    def token(self) -> AccessTokenRow | None:
        """The access token that calls, None of a person and of nobody."""
        return self.known.token

    @property
    def session(self) -> SessionAndAccount | None:
        """The session that calls, None of a token and of nobody."""
        return self.known.session

    @property
    def statements(self) -> int:
        """How many statements the operation's reads have cost so far."""
        return self._snapshot.statements

    def is_query(self) -> None:
        """The operation only reads: what it shows a program may be a second old."""
        self.only_reads = True
        replica = self.services.replica
        if replica is not None and self.token is not None:
            self._snapshot.prefer(replica.pool)

    def may_see(self, organization_id: UUID | None) -> bool:
        """Whether the organization is within the caller's reach."""
        return organization_id is not None and self.caller.may_see(organization_id)

    async def execute(self, command: Command[Result]) -> Outcome[Result]:
        """Run a command; what is read afterwards is read anew."""
        self.has_commanded = True
        await self._snapshot.end()
        try:
            return await self.services.application.execute(command, self.caller.for_command())
        finally:
            await self.renew()

    async def renew(self) -> None:
        """Begin a new view of the data."""
        await self._snapshot.end()
        self.load = Loaders(self.reader)
        self.now = utc_now()

    async def close(self) -> None:
        """End the view of the data."""
        await self._snapshot.end()


Info = strawberry.Info[Context, None]
