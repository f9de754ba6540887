"""How fast members are confirmed: one by one and many at once, with the key handshake and without.

Everybody has an account with a key pair. All pairs are the same one, so that the organization's key
is wrapped once: wrapping is the work of whoever confirms, and is timed apart.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import orjson
import uvloop

from bench.asked import CONFIRM
from bench.client import UnexpectedAnswerError
from bench.crowd import START, fill, member_id, settle, size_of
from bench.machine import Conditions, cpu_s
from bench.part import NOTHING, Report, Wanted, figure, percentile, table
from bench.reference import measure as measure_bare
from bench.server import serving_with_database
from domain.keys.account_keys import new_key_pair, public_jwk
from domain.keys.organization_key import new_organization_key, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from joserfc.jwk import ECKey

    from bench.client import Client
    from bench.server import ServedOrganization

BATCH = 100
"""As `rollcall confirm` sends them."""
WRAPS = 200
BULK = """
mutation ($input: BulkConfirmMembersInput!) {
  bulkConfirmMembers(input: $input) { changed errors { code message } results { changed } }
}
"""
_ACCOUNTS = (
    """
    INSERT INTO accounts (id, email, email_key, public_key, created_at, updated_at)
    SELECT gen_random_uuid(), name || '@' || $1 || '.example', name || '@' || $1 || '.example',
        $3::jsonb, $2, $2
    FROM (
        SELECT user_name_key AS name FROM members WHERE organization_id = $1::uuid AND id < $4
    ) AS people
    """,
    """
    INSERT INTO account_memberships (account_id, organization_id, member_id, accepted_at)
    SELECT accounts.id, organization_id, members.id, $2
    FROM members JOIN accounts ON accounts.email_key = user_name_key || '@' || $1 || '.example'
    WHERE organization_id = $1::uuid AND members.id < $4 AND $3 <> ''
    """,
    """
    UPDATE members SET stage = 'ACCEPTED', revoked_at = NULL, role = 'USER', confirmed_at = NULL,
        account_id = (
            SELECT account_id FROM account_memberships
            WHERE organization_id = $1::uuid AND member_id = members.id
        ), accepted_at = $2
    WHERE organization_id = $1::uuid AND id < $4 AND $3 <> ''
    """,
)


@dataclass(frozen=True, slots=True)
class Rate:
    """Members confirmed a second, the latency of one operation, and the server's CPU for one."""

    members: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


class Queue:
    """Members of one organization who wait, and how they are confirmed."""

    def __init__(self, served: ServedOrganization, first: int, wrapped: str | None) -> None:
        self._served = served
        self._numbers = itertools.count(first)
        self._wrapped = wrapped

    def _next(self) -> dict[str, object]:
        member = self._served.member_id(member_id(next(self._numbers)))
        key = {} if self._wrapped is None else {"wrappedOrganizationKey": self._wrapped}
        return {"memberId": member, **key}

    async def _confirm(self, client: Client, number: int) -> None:
        """One operation. Raises UnexpectedAnswerError when it leaves somebody unconfirmed."""
        if number == 1:
            done = [(await client.graphql(CONFIRM, input=self._next()))["confirmMember"]]
        else:
            given = [self._next() for _ in range(number)]
            sent = {"organizationId": self._served.graphql_id, "members": given}
            done = (await client.graphql(BULK, input=sent))["bulkConfirmMembers"]["results"]
        if not all(each["changed"] for each in done):
            raise UnexpectedAnswerError("somebody was not confirmed")

    async def drain(self, number: int, *, clients: int, batch: int) -> Rate:
        """Confirm that many, `batch` in an operation (1 for one by one)."""
        operations = iter(range(number // batch))
        latencies: list[float] = []

        async def worker() -> None:
            with self._served.graphql() as client:
                for _ in operations:
                    begun = time.perf_counter()
                    await self._confirm(client, batch)
                    latencies.append((time.perf_counter() - begun) * 1000)

        cpu, begun = cpu_s(self._served.pid), time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(clients)))
        took = time.perf_counter() - begun
        done = len(latencies) * batch
        return Rate(
            done / took,
            percentile(latencies, 0.5),
            percentile(latencies, 0.99),
            (cpu_s(self._served.pid) - cpu) / done * 1000,
        )


def wrapping_ms(served: ServedOrganization, pair: ECKey) -> tuple[str, float]:
    """The organization's key wrapped, and what wrapping it for one member costs."""
    key = new_organization_key(served.organization_id, 1)
    begun = time.perf_counter()
    for _ in range(WRAPS):
        wrapped = wrap(key, pair)
    return wrapped, (time.perf_counter() - begun) / WRAPS * 1000


async def prepare(owner: Any, served: ServedOrganization, members: int, pair: ECKey) -> None:
    """Fill the organization with people who have accepted."""
    await fill(owner, served.organization_id, size_of(members))
    known = orjson.dumps(public_jwk(pair)).decode()
    for statement in _ACCOUNTS:
        given = (str(served.organization_id), START, known, member_id(members + 1))
        await owner.execute(statement, *given, timeout=300)


async def measure(
    served: ServedOrganization, server_url: str, owner_url: str, wanted: Wanted
) -> tuple[list[list[str]], float]:
    """The table's rows, and what wrapping a key takes in ms."""
    single, batches = wanted.number(1_000, least=64), wanted.number(40, least=2)
    pair, open_one = new_key_pair(), served.another("Open")
    members = 3 * single + 3 * batches * BATCH
    wrapped, wrap_ms = wrapping_ms(served, pair)
    owner = await asyncpg.connect(owner_url)
    try:
        for each in (served, open_one):
            await prepare(owner, each, members, pair)
        await owner.execute(
            "UPDATE organizations SET key_handshake = 'REQUIRED', key_version = 1 WHERE id = $1",
            served.organization_id,
        )
        await settle(owner)
    finally:
        await owner.close()
    rates: dict[tuple[str, str, int, int], Rate] = {}
    for name, each, key in (("REQUIRED", served, wrapped), ("OFF", open_one, None)):
        queue = Queue(each, 1, key)
        for what, clients, batch, number in (
            ("one by one", 1, 1, single),
            ("one by one", 16, 1, 2 * single),
            (f"{BATCH} at once", 1, BATCH, batches * BATCH),
            (f"{BATCH} at once", 4, BATCH, 2 * batches * BATCH),
        ):
            rates[name, what, clients, batch] = await queue.drain(
                number, clients=clients, batch=batch
            )
    bare = await measure_bare(
        server_url,
        open_one.organization_id,
        wanted.seconds(2.0),
        1,
        operations=["confirm"],
        connections=(1, 16),
    )
    return list(_rows(rates, {number: rate.rate for (_, number), rate in bare.items()})), wrap_ms


def _rows(
    rates: dict[tuple[str, str, int, int], Rate], bare: dict[int, float]
) -> Iterator[list[str]]:
    for (handshake, what, clients, batch), rate in rates.items():
        beside = bare.get(clients) if batch == 1 else bare[1]
        yield [
            handshake,
            what,
            str(clients),
            f"{rate.members:,.0f}",
            figure(rate.p50_ms),
            figure(rate.p99_ms),
            figure(rate.cpu_ms),
            NOTHING if beside is None else f"{beside:,.0f}",
            NOTHING if beside is None else figure(rate.members / beside),
        ]


def run(folder: Path, wanted: Wanted) -> Report:
    """Two organizations of people who have accepted; a share of them for a short run."""
    conditions = Conditions()
    with serving_with_database(folder) as (served, addresses):
        rows, wrap_ms = uvloop.run(
            measure(served, addresses.server_url, addresses.owner_url, wanted)
        )
    heads = ["key handshake", "members", "clients", "members/s", "p50 ms", "p99 ms"]
    heads += ["server's CPU, ms a member", "bare, 1/s", "ratio"]
    said = conditions.text(f"wrapping the key for one member takes {wrap_ms:.2f} ms at the client")
    return Report("\n".join([said, "", *table(heads, rows)]) + "\n")
