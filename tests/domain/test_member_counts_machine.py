"""Whatever happens in whatever order: kept counts are what going through the members gives."""

from __future__ import annotations

from collections import Counter

from hypothesis.stateful import invariant, rule

from domain.clock import utc_now
from domain.queries.moments import Moment
from domain.queries.past_members import members_as_of
from domain.queries.reader import Reader
from domain.store.member_counter import keep_counts
from domain.store.member_counts import (
    MemberCounts,
    changed_since,
    counted_anew,
    counts_of,
    kept_counts,
)
from domain.store.sealer import seal_batch
from tests.domain.past import seal_all
from tests.domain.random_lives import walk
from tests.domain.test_lifecycle_machine import Lives
from tests.support.blocking import Blocking

_SINCE = changed_since(
    "SELECT $2::bigint AS position, 0 AS staged, 0 AS invited, 0 AS accepted, 0 AS confirmed,"
    " 0 AS revoked"
)


def plus(one: MemberCounts, other: MemberCounts) -> MemberCounts:
    names = MemberCounts.__dataclass_fields__
    return MemberCounts(**{name: getattr(one, name) + getattr(other, name) for name in names})


class CountedLives(Lives):
    """The same walk, on which events are sealed and counts are kept at any time."""

    @rule()
    def seal(self) -> None:
        self.blocking.run(self._seal())

    async def _seal(self) -> None:
        async with self.blocking.app.pool.acquire() as connection:
            await seal_batch(connection, self.organization_id)

    @rule()
    def keep(self) -> None:
        self.blocking.run(self._keep())

    async def _keep(self) -> bool:
        async with self.blocking.app.pool.acquire() as connection:
            return await keep_counts(connection, self.organization_id, utc_now())

    @invariant()
    def all_that_is_stored_agrees(self) -> None:
        """In the place of what the walk compares otherwise."""
        if hasattr(self, "looks"):
            self.blocking.run(self._compare_counts())

    async def _compare_counts(self) -> None:
        pool, statuses = self.blocking.app.pool, Counter[str]()
        for person in self.oracle.people.values():
            statuses["revoked" if person.revoked else person.stage.lower()] += 1
        present = MemberCounts(total=statuses.total(), **statuses)
        assert await counted_anew(pool, self.organization_id) == present
        assert await kept_counts(pool, self.organization_id) in {None, present}

    def teardown(self) -> None:
        if hasattr(self, "looks"):
            self.blocking.run(self._compare_every_position())

    async def _compare_every_position(self) -> None:
        """What is kept may be of any moment: also between two events of one command."""
        pool, reader = self.blocking.app.pool, Reader(self.blocking.app.pool)
        head = await seal_all(self.blocking.app, self.organization_id)
        present = await counted_anew(pool, self.organization_id)
        everybody = await pool.fetch(
            "SELECT DISTINCT subject_id FROM audit_events WHERE organization_id = $1",
            self.organization_id,
        )
        for position in range(head.position + 1):
            then = await members_as_of(
                reader,
                self.organization_id,
                [row[0] for row in everybody],
                Moment(position, head.instant),
            )
            statuses = Counter(
                "revoked" if member.revoked_at else member.stage.lower() for member in then.values()
            )
            rows = await pool.fetch(_SINCE, self.organization_id, position)
            kept = MemberCounts(total=statuses.total(), **statuses)
            assert plus(kept, counts_of(rows[0])) == present
        assert await self._keep()
        assert await kept_counts(pool, self.organization_id) == present


def test_kept_counts_are_those_of_the_members(blocking_app: Blocking) -> None:
    walk(CountedLives, blocking_app, examples=30, steps=25)
