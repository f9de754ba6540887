"""How many members an organization has in each status, without going through them.

Kept are the counts after some sealed event. What came since is told by the events behind it, sealed
or not: the first of them about a member says what the member was then, the member's own row what it
is now. A member and its event appear together, so that within one statement both agree: the counts
are those of the very moment, and whoever writes members keeps nothing.

What is kept follows from the history alone. So it may be written by anybody, at any time and in any
order, also about events that a version of before has written or sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from domain.ids import UUID
    from domain.vocabulary import MemberStatus

FARTHEST = 2_000
"""Further behind than so many events, the members themselves are gone through."""

STATUSES = ("staged", "invited", "accepted", "confirmed", "revoked")


@dataclass(frozen=True, slots=True)
class MemberCounts:
    """How many members an organization has in each status."""

    total: int = 0
    staged: int = 0
    invited: int = 0
    accepted: int = 0
    confirmed: int = 0
    revoked: int = 0

    def of(self, statuses: Iterable[MemberStatus]) -> int:
        """How many are in one of these."""
        return sum(getattr(self, status.lower()) for status in set(statuses))

    @property
    def seated(self) -> int:
        """How many take a seat."""
        return self.invited + self.accepted + self.confirmed


def counts_of(row: Mapping[str, Any]) -> MemberCounts:
    """The counts that a row with a column for each status holds."""
    numbers = {status: int(row[status]) for status in STATUSES}
    return MemberCounts(total=sum(numbers.values()), **numbers)


_FIRST = "jsonb_path_query_first(changes, '$[*] ? (@.attribute == \"{}\")')"
# Without a position are those that are not sealed yet: they come last.
_EARLIEST = "array_agg({0} ORDER BY position, sequence) FILTER (WHERE {0} IS NOT NULL)"


def changed_since(kept: str) -> str:
    """The statement for counts that are true now, of `kept`, which selects some that once were.

    It returns no row where `kept` has none, and as `events` how many it looked at: above FARTHEST
    the counts are void. Members are looked up one by one, for a join might read all of them.
    """
    news = f"""
      SELECT subject_id, position, sequence,
        CASE WHEN subject_kind = 'MEMBER' THEN {_FIRST.format("stage")} END AS stage,
        CASE WHEN subject_kind = 'MEMBER' THEN {_FIRST.format("revokedAt")} END AS revocation
      FROM audit_events WHERE organization_id = $1 AND %s LIMIT {FARTHEST + 1}
    """  # noqa: S608 made of constants
    sealed = news % "position > (SELECT position FROM kept) ORDER BY position"
    unsealed = news % "position IS NULL ORDER BY sequence"
    differences = ", ".join(
        f"count(*) FILTER (WHERE after = '{status.upper()}')"
        f" - count(*) FILTER (WHERE before = '{status.upper()}') AS {status}"
        for status in STATUSES
    )
    sums = ", ".join(f"kept.{status} + difference.{status} AS {status}" for status in STATUSES)
    return f"""
    WITH kept AS ({kept}), news AS MATERIALIZED (({sealed}) UNION ALL ({unsealed})),
    changed AS (
      SELECT subject_id, ({_EARLIEST.format("stage")})[1] AS stage,
        ({_EARLIEST.format("revocation")})[1] AS revocation
      FROM news WHERE stage IS NOT NULL OR revocation IS NOT NULL GROUP BY subject_id
    ), statuses AS (
      SELECT
        CASE
          WHEN changed.stage IS NOT NULL AND changed.stage ->> 'before' IS NULL
            THEN NULL -- came since
          WHEN CASE
            WHEN revocation IS NULL THEN present.is_revoked
            ELSE revocation ->> 'before' IS NOT NULL
          END THEN 'REVOKED'
          ELSE coalesce(changed.stage ->> 'before', present.stage)
        END AS before,
        CASE WHEN present.is_revoked THEN 'REVOKED' ELSE present.stage END AS after
      FROM changed LEFT JOIN LATERAL (
        SELECT stage, revoked_at IS NOT NULL AS is_revoked FROM members
        WHERE organization_id = $1 AND id = changed.subject_id OFFSET 0
      ) AS present ON true
    )
    SELECT (SELECT count(*) FROM news) AS events, {sums}
    FROM kept CROSS JOIN (SELECT {differences} FROM statuses) AS difference
    """  # noqa: S608 made of constants


_KEPT = changed_since("SELECT * FROM member_counts WHERE organization_id = $1")
_numbers = ", ".join(
    f"count(*) FILTER (WHERE status = '{status.upper()}') AS {status}" for status in STATUSES
)
_COUNTED = f"""
SELECT {_numbers}
FROM (
  SELECT CASE WHEN revoked_at IS NULL THEN stage ELSE 'REVOKED' END AS status
  FROM members WHERE organization_id = $1
) AS present
"""  # noqa: S608 likewise


async def kept_counts(source: Any, organization_id: UUID) -> MemberCounts | None:
    """The counts now, from what is kept of them; None where that is nothing, or long ago."""
    rows = await source.fetch(_KEPT, organization_id)
    if not rows or rows[0]["events"] > FARTHEST:
        return None
    return counts_of(rows[0])


async def counted_anew(source: Any, organization_id: UUID) -> MemberCounts:
    """The counts now, by going through the members."""
    return counts_of((await source.fetch(_COUNTED, organization_id))[0])


async def member_counts(source: Any, organization_id: UUID) -> MemberCounts:
    """The counts now."""
    kept = await kept_counts(source, organization_id)
    return await counted_anew(source, organization_id) if kept is None else kept
