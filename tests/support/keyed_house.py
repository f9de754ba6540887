"""An organization that hands over a key, and shells of its owner and of a script that confirms.

People are made by real commands of the domain, in this process; what is tested are the programs.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from api.remote.key_file import write_key_file
from api.remote.session_file import SessionFile, StoredSession
from domain.caller import ALL_SCOPES
from domain.commands import CreateAccessToken, EnableScim, Member, RevokeMember
from domain.ids import UUID
from domain.keys.organization_key import OrganizationKey, unwrap
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.house import House, Resident
from tests.support.key_pairs import PASSPHRASE, Keys, keys
from tests.support.keyed import Keyed, keyed
from tests.support.server import PROGRAM, rollcall
from tests.support.sessions import session

COOKIE = "rollcall-session"
"""Its name where the server's address is not https."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who has a mail with this link."""

    email: str
    member_id: UUID
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who has accepted, with their key pair."""

    member: Member
    held: Keys

    @property
    def email(self) -> str:
        """Their address."""
        return str(self.member.attributes.email)


@dataclass(frozen=True, slots=True)
class KeyedResident(Resident):
    """The organization; `folder` is the home of its owner, who has a session there."""

    keyed: Keyed
    slug: str
    token: str
    folder: Path
    numbers: count[int]

    @property
    def key_file(self) -> Path:
        """The organization key, for scripts."""
        return self.folder / "key.json"

    @property
    def org(self) -> str:
        """The organization's id."""
        return make_id(Kind.ORGANIZATION, None, self.organization_id)

    def environment(self, **more: str) -> dict[str, str]:
        """Of a shell on another machine: no setting of the server but its address."""
        inherited = {name: value for name, value in os.environ.items() if "ROLLCALL" not in name}
        return inherited | {
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "ROLLCALL_SERVER_URL": self.house.server.url,
            **more,
        }

    def run(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        """A command of the owner, who has a session and types the passphrase."""
        environment = self.environment(**({"ROLLCALL_PASSPHRASE": PASSPHRASE} | more))
        return rollcall(*map(str, arguments), environment=environment)

    def script(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        """A command of a script, which has an access token and no passphrase."""
        environment = self.environment(**({"ROLLCALL_ACCESS_TOKEN": self.token} | more))
        return rollcall(*map(str, arguments), environment=environment)

    def watcher(self, *arguments: object) -> subprocess.Popen[str]:
        """`rollcall confirm --watch` of a script, left running; its output is in a pipe."""
        key = ("--key-file", str(self.key_file))
        return self._left_running({"ROLLCALL_ACCESS_TOKEN": self.token}, *key, *arguments)

    def owners_watcher(self, *arguments: object) -> subprocess.Popen[str]:
        """The same of the owner, by session and passphrase."""
        return self._left_running({"ROLLCALL_PASSPHRASE": PASSPHRASE}, *arguments)

    def _left_running(self, variables: dict[str, str], *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PROGRAM, "confirm", "--watch", *map(str, arguments)],
            env=self.environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def invite(self, **given: Any) -> Invited:
        """A new member who has a mail; `given` are attributes."""
        run, app = self.house.blocking.run, self.house.blocking.app
        member = run(factories.member(app, self.organization_id, **given))
        email, link = str(member.attributes.email), self.house.accept_link(member)
        return Invited(email, member.id, link)

    def guest(self, **given: Any) -> Guest:
        """A new person who has accepted and has keys; `given` are attributes."""
        held = keys(next(self.numbers))
        return Guest(self.house.blocking.run(self.keyed.accepted(held, **given)), held)

    def revoke(self, guest: Guest) -> None:
        """Take a guest's access away."""
        command = RevokeMember(self.organization_id, guest.member.id)
        self.house.blocking.run(self.house.blocking.app.execute(command, factories.SYSTEM))

    @contextmanager
    def holding(self, sql: str, *values: Any) -> Iterator[None]:
        """A transaction has run this statement, and ends only with the block: its locks stay."""
        run, pool = self.house.blocking.run, self.house.blocking.app.pool

        async def borrowed() -> Any:
            return await pool.acquire()

        holding = run(borrowed())
        transaction = holding.transaction()
        run(transaction.start())
        run(holding.execute(sql, *values))
        try:
            yield
        finally:
            run(transaction.rollback())
            run(pool.release(holding))

    def key_of(self, guest: Guest) -> OrganizationKey:
        """The organization key that a guest finds in their wrapped copy."""
        (row,) = self.rows(
            "SELECT wrapped_organization_key FROM members WHERE organization_id = $1 AND id = $2",
            guest.member.id,
        )
        return unwrap(row["wrapped_organization_key"], guest.held.pair, self.organization_id)

    def confirmations(self) -> dict[str, int]:
        """How often each member was confirmed, by address."""
        rows = self.rows(
            "SELECT m.email, count(e.subject_id) AS n FROM members m LEFT JOIN audit_events e"
            " ON e.organization_id = m.organization_id AND e.subject_id = m.id"
            " AND e.action = 'member.confirmed' WHERE m.organization_id = $1 GROUP BY m.email"
        )
        return {row["email"]: row["n"] for row in rows}


def keyed_resident(house: House, folder: Path) -> KeyedResident:
    """A new organization whose owner has made its key and is signed in, in `folder`."""
    run, app = house.blocking.run, house.blocking.app
    made = run(keyed(app))
    id_ = made.organization_id
    scim = run(app.execute(EnableScim(id_), factories.SYSTEM)).value
    command = CreateAccessToken(id_, "a script", ALL_SCOPES)
    token = run(app.execute(command, factories.SYSTEM)).value.secret
    (row,) = run(
        factories.Looks(app.pool, id_).rows("SELECT slug FROM organizations WHERE id = $1")
    )
    folder.mkdir(exist_ok=True)
    found = KeyedResident(house, id_, str(scim.secret), made, row["slug"], token, folder, count(1))
    write_key_file(found.key_file, made.key)
    cookie = f"{COOKIE}={run(session(app, made.owner.account_id))}"
    sessions = SessionFile(folder / "config" / "rollcall" / "sessions.json")
    sessions.keep(house.server.url, StoredSession(str(made.owner.attributes.email), cookie))
    return found


def lines_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """What `--json` printed."""
    return [json.loads(line) for line in done.stdout.splitlines()]
