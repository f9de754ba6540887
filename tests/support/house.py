"""A running server with its database within reach: organizations to call, tables to look at."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from api.deployment_secret import SECRET_FILE, derived_key
from domain.commands import EnableScim, Member, UpdateScimConnection
from domain.ids import UUID
from domain.store.invitation_links import InvitationPolicy
from domain.vocabulary import IdentityProvider
from tests.support import factories
from tests.support.blocking import Blocking, blocking
from tests.support.contents import CONTENTS, REQUESTS
from tests.support.database import TestDatabase
from tests.support.server import RunningServer, running_server

IN_TIME_S = 10.0


@dataclass(frozen=True, slots=True)
class Resident:
    """An organization of the house, with provisioning on."""

    house: House
    organization_id: UUID
    key: str

    @property
    def base(self) -> str:
        """The base URL that an identity provider is given."""
        return f"{self.house.server.url}/v2/{self.organization_id}"

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Rows of a statement whose `$1` is the organization."""
        looks = factories.Looks(self.house.blocking.app.pool, self.organization_id)
        return self.house.blocking.run(looks.rows(sql, *values))

    def history(self) -> list[str]:
        """Actions of the organization's events as they were sealed, in their positions."""
        sql = (
            "SELECT action, position FROM audit_events WHERE organization_id = $1"
            " AND position IS NOT NULL ORDER BY position"
        )
        rows = self.rows(sql)
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        return [row["action"] for row in rows]

    def wait_for_seal(self) -> None:
        """Returns when no event is left unsealed."""
        sql = "SELECT 1 FROM audit_events WHERE organization_id = $1 AND position IS NULL"
        await_that(lambda: not self.rows(sql), "all events are sealed")

    def requests(self, count: int) -> list[Any]:
        """The request log, once it holds so many entries or more."""
        sql = REQUESTS["provisioning_requests"]
        await_that(lambda: len(self.rows(sql)) >= count, f"{count} requests are logged")
        return self.rows(sql)

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Rows by table: people, groups, history and calls; not the organization itself."""
        return {
            table: [tuple(row) for row in self.rows(sql)]
            for table, sql in (CONTENTS | REQUESTS).items()
        }


@dataclass(frozen=True, slots=True)
class House:
    """A server and the database behind it."""

    server: RunningServer
    blocking: Blocking

    def accept_link(self, member: Member) -> str:
        """The link of the member's newest invitation, as the server makes it, with its own key."""
        made = self.blocking.run(factories.invitation_link(self.blocking.app, member))
        secret = (self.server.folder / "data" / SECRET_FILE).read_bytes()
        policy = InvitationPolicy(derived_key(secret, "invitation links"))
        token = policy.token_of(member.organization_id, UUID(hex=made.split("_")[2]))
        return f"{self.server.url}/accept#{token}"

    def resident(
        self, provider: IdentityProvider | None = None, *, sealed: bool = True
    ) -> Resident:
        """A new organization whose administrator chose `provider`; its events are sealed."""
        made = self.blocking.run(self._resident(provider))
        if sealed:
            made.wait_for_seal()
        return made

    async def _resident(self, provider: IdentityProvider | None) -> Resident:
        app = self.blocking.app
        organization_id = await factories.organization(app)
        issued = (await app.execute(EnableScim(organization_id), factories.SYSTEM)).value
        assert issued.secret is not None
        if provider is not None:
            command = UpdateScimConnection(organization_id, provider=provider)
            await app.execute(command, factories.SYSTEM)
        return Resident(self, organization_id, issued.secret)


@contextmanager
def open_house(
    database: TestDatabase, *, workers: int = 1, env: Mapping[str, str] | None = None
) -> Iterator[House]:
    """A server on that database until the end; `env` adds settings."""
    with (
        running_server(database=database, workers=workers, env=env) as server,
        blocking(database.owner_url) as runner,
    ):
        yield House(server, runner)


def await_that(holds: Callable[[], bool], what: str, within: float = IN_TIME_S) -> None:
    """Returns as soon as it holds; AssertionError when it does not come true."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.02)
