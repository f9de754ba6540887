"""Prints everyone who waits for a confirmation, as it happens.

    python watch_pending_confirmations.py ORGANIZATION [--state FILE] [--until-first] [--seconds N]

Wants GRAPHQL_URL and ACCESS_TOKEN (scopes ORGANIZATION_READ and MEMBERS_READ). FILE remembers the
cursor, so that a later run goes on where this one ended; without it, and the first time, all who
wait already come first. A lost connection is made again, and nobody is left out; who ends it in the
middle may be told of somebody twice. A token that is refused ends it. `--until-first` waits for the
first line and ends, `--seconds` ends it after a while, whether somebody came or not.
"""

import argparse
import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from gql import Client, gql
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.websockets import WebsocketsTransport

PAUSE_S = 1
NOT_LET_IN = {4401, 4403}
PENDING = gql("""
query Pending($slug: String!, $after: String) {
  organization(by: {slug: $slug}) {
    id
    pendingConfirmations(first: 100, after: $after) {
      nodes { member { id email } acceptedAt }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""")
CHANGES = gql("""
subscription Changes($org: ID!, $after: String) {
  memberChanges(organizationId: $org, after: $after) {
    cursor
    member { id email status acceptedAt }
  }
}
""")


def variable(name: str) -> str:
    """What the environment says, or one line that it says nothing."""
    return os.environ.get(name) or sys.exit(f"Set {name}, for instance by rollcall env.")


class Watch:
    """What is known so far: whom it printed, and where to go on."""

    def __init__(self, slug: str, state: Path | None, *, until_first: bool) -> None:
        self._slug = slug
        self._state = state
        self._until_first = until_first
        self._printed: set[tuple[str, str]] = set()
        self._cursor = state.read_text() if state is not None and state.exists() else None

    async def run(self) -> None:
        """Watch until the time is over, over as many connections as it takes."""
        while True:
            transport = WebsocketsTransport(
                url=variable("GRAPHQL_URL").replace("http", "ws", 1),
                init_payload={"Authorization": f"Bearer {variable('ACCESS_TOKEN')}"},
            )
            try:
                async with Client(transport=transport) as session:
                    if await self._watch(session):
                        return
            except TransportQueryError as error:
                sys.exit(str(error.errors[0]["message"] if error.errors else error))
            except (TransportError, OSError) as error:
                closed = getattr(error.__cause__, "rcvd", None)
                if closed is not None and closed.code in NOT_LET_IN:
                    sys.exit("The server does not let this ACCESS_TOKEN in.")
                print(f"Connecting again: {error}", file=sys.stderr)
            await asyncio.sleep(PAUSE_S)

    async def _watch(self, session: AsyncClientSession) -> bool:
        """Print who waits and who comes to wait; whether that was enough."""
        PENDING.variable_values = {"slug": self._slug}
        organization = (await session.execute(PENDING))["organization"]
        if organization is None:
            sys.exit(f"There is no organization {self._slug} that this token may see.")
        CHANGES.variable_values = {"org": organization["id"], "after": self._cursor}
        changes = session.subscribe(CHANGES)
        # The server reads on when the subscription has begun: who is not in the list comes in it.
        next_change = asyncio.ensure_future(anext(changes))
        try:
            await asyncio.sleep(0)
            if self._cursor is None and await self._list(session):
                return True
            while True:
                change = (await next_change)["memberChanges"]
                next_change = asyncio.ensure_future(anext(changes))
                member = change["member"]
                waits = member is not None and member["status"] == "ACCEPTED"
                done = waits and self._print(member)
                self._cursor = change["cursor"]
                if self._state is not None:
                    # Whole or not at all, whenever this is ended.
                    written = self._state.with_name(f"{self._state.name}.new")
                    written.write_text(self._cursor)
                    written.replace(self._state)
                if done:
                    return True
        except StopAsyncIteration:
            return False
        finally:
            next_change.cancel()

    async def _list(self, session: AsyncClientSession) -> bool:
        after = None
        while True:
            PENDING.variable_values = {"slug": self._slug, "after": after}
            page = (await session.execute(PENDING))["organization"]["pendingConfirmations"]
            for node in page["nodes"]:
                if self._print(node["member"] | {"acceptedAt": node["acceptedAt"]}):
                    return True
            if not page["pageInfo"]["hasNextPage"]:
                return False
            after = page["pageInfo"]["endCursor"]

    def _print(self, member: dict[str, Any]) -> bool:
        known = (member["id"], member["acceptedAt"])
        if known in self._printed:
            return False
        self._printed.add(known)
        print(member["email"], flush=True)
        return self._until_first


async def main() -> None:
    """Watch for as long as was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("organization", help="its slug")
    parser.add_argument("--state", type=Path, metavar="FILE", help="where to go on next time")
    parser.add_argument("--until-first", action="store_true", help="wait for the first and end")
    parser.add_argument("--seconds", type=float, metavar="N", help="end after that time")
    given = parser.parse_args()
    with suppress(TimeoutError):
        async with asyncio.timeout(given.seconds):
            await Watch(given.organization, given.state, until_first=given.until_first).run()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
