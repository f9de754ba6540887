"""Statements of the deprovision guard: its lock, what it counts, what it holds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.model.deprovision_guard import (
    CountedDeprovisioningTable,
    DeprovisionGuardTable,
    HeldDeprovisioningTable,
)
from domain.store.statement import INSTANT, INTEGER, TEXT, UUID_TYPE, Statement, parameter
from domain.vocabulary import GuardState

GUARDS: Any = DeprovisionGuardTable.__table__  # type: ignore[attr-defined]
COUNTED: Any = CountedDeprovisioningTable.__table__  # type: ignore[attr-defined]
HELD: Any = HeldDeprovisioningTable.__table__  # type: ignore[attr-defined]

_ORGANIZATION = parameter("organization_id", UUID_TYPE)
_MEMBER = parameter("member_id", UUID_TYPE)
_NOW = parameter("now", INSTANT)
_SINCE = parameter("since", INSTANT)
_OURS = GUARDS.c.organization_id == _ORGANIZATION
_IN_WINDOW = (COUNTED.c.organization_id == _ORGANIZATION) & (COUNTED.c.counted_at > _SINCE)

LOCK_GUARD = Statement(select(GUARDS).where(_OURS).with_for_update(key_share=True))
MAKE_GUARD = Statement(
    insert(GUARDS)
    .from_select(
        ["organization_id", "state", "passed", "last_ordinal"],
        select(_ORGANIZATION, literal(GuardState.WATCHING.value), literal(0), literal(0)),
    )
    .on_conflict_do_nothing()
)
SET_STATE = Statement(
    update(GUARDS)
    .where(_OURS)
    .values(state=parameter("state", TEXT), since=_NOW, passed=parameter("passed", INTEGER))
)
REMEMBER_MEMBERS = Statement(
    update(GUARDS)
    .where(_OURS)
    .values(members=parameter("members", INTEGER), members_counted_at=_NOW)
)
# Ordinals have no gaps within the window: the first in it says how many there are.
LOOK_AT_WINDOW = Statement(
    select(
        select(COUNTED.c.ordinal)
        .where(_IN_WINDOW)
        .order_by(COUNTED.c.counted_at, COUNTED.c.ordinal)
        .limit(1)
        .scalar_subquery()
        .label("first"),
        exists(select(COUNTED.c.ordinal).where(_IN_WINDOW, COUNTED.c.member_id == _MEMBER)).label(
            "is_counted"
        ),
    )
)


def _count() -> Statement:
    over = (
        delete(COUNTED)
        .where(COUNTED.c.organization_id == _ORGANIZATION, COUNTED.c.counted_at <= _SINCE)
        .returning(COUNTED.c.ordinal)
        .cte("over")
    )
    # Never before the one before: clocks of several machines differ.
    moved = (
        update(GUARDS)
        .where(_OURS)
        .values(
            last_ordinal=GUARDS.c.last_ordinal + 1,
            last_counted_at=func.greatest(GUARDS.c.last_counted_at, _NOW),
        )
        .returning(GUARDS.c.organization_id, GUARDS.c.last_ordinal, GUARDS.c.last_counted_at)
        .cte("moved")
    )
    source = select(moved.c.organization_id, moved.c.last_ordinal, _MEMBER, moved.c.last_counted_at)
    columns = ["organization_id", "ordinal", "member_id", "counted_at"]
    return Statement(insert(COUNTED).from_select(columns, source).add_cte(over))


COUNT = _count()
FORGET_COUNTED = Statement(delete(COUNTED).where(COUNTED.c.organization_id == _ORGANIZATION))

_OF_MEMBER = (HELD.c.organization_id == _ORGANIZATION) & (HELD.c.member_id == _MEMBER)
_OPEN = (HELD.c.organization_id == _ORGANIZATION) & HELD.c.released_at.is_(None)
_RELEASED = (HELD.c.organization_id == _ORGANIZATION) & HELD.c.released_at.isnot(None)
LOCK_HELD_OF_MEMBER = Statement(
    select(HELD.c.id, HELD.c.action).where(_OF_MEMBER).order_by(HELD.c.id).with_for_update()
)
DROP_HELD_OF_MEMBER = Statement(delete(HELD).where(_OF_MEMBER))

_HELD_COLUMNS = (
    "organization_id",
    "id",
    "member_id",
    "member_label",
    "action",
    "held_at",
    "request_id",
)


def _hold() -> Statement:
    made = insert(HELD).from_select(
        list(_HELD_COLUMNS),
        select(*(parameter(name, HELD.c[name].type) for name in _HELD_COLUMNS)),
    )
    # The provider repeats itself; a removal says more than a revocation.
    return Statement(
        made.on_conflict_do_update(
            index_elements=["organization_id", "member_id"],
            index_where=HELD.c.released_at.is_(None),
            set_={"action": made.excluded.action, "request_id": made.excluded.request_id},
            where=(HELD.c.action == "REVOKE") & (made.excluded.action == "REMOVE"),
        )
    )


HOLD = _hold()


def _by_action(decided: Any) -> Statement:
    """The statement, answering how much of each action it decided about."""
    each = decided.returning(HELD.c.action).cte("decided")
    return Statement(select(each.c.action, func.count().label("amount")).group_by(each.c.action))


RELEASE_OPEN = _by_action(
    update(HELD)
    .where(_OPEN)
    .values(
        released_at=_NOW,
        release_id=parameter("release_id", UUID_TYPE),
        released_by_kind=parameter("kind", TEXT),
        released_by_id=parameter("actor_id", UUID_TYPE),
        released_by_label=parameter("label", TEXT),
        released_origin=parameter("origin", TEXT),
    )
)
REFUSE_OPEN = _by_action(delete(HELD).where(_OPEN))
ANY_OPEN = Statement(select(HELD.c.id).where(_OPEN).limit(1))
CLAIM_RELEASED = Statement(
    select(HELD.c.member_id, HELD.c.action, HELD.c.member_label)
    .where(_RELEASED, HELD.c.id == parameter("id", UUID_TYPE))
    .with_for_update(skip_locked=True)
)
DROP_RELEASED = Statement(delete(HELD).where(_RELEASED, HELD.c.id == parameter("id", UUID_TYPE)))
