"""Statements of bulk operations: their rows, the members each has to do, and what came of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, exists, func, select, true, update
from sqlalchemy.dialects.postgresql import insert

from domain.model.bulk_operation import BulkOperationItemTable, BulkOperationTable
from domain.store.statement import INSTANT, TEXT, UUID_TYPE, Statement, parameter
from domain.vocabulary import BulkOperationState, BulkOutcome

OPERATIONS: Any = BulkOperationTable.__table__  # type: ignore[attr-defined]
ITEMS: Any = BulkOperationItemTable.__table__  # type: ignore[attr-defined]

ORGANIZATION = parameter("organization_id", UUID_TYPE)
OPERATION = parameter("operation_id", UUID_TYPE)
_MEMBER = parameter("member_id", UUID_TYPE)
_NOW = parameter("now", INSTANT)
_THIS = and_(OPERATIONS.c.organization_id == ORGANIZATION, OPERATIONS.c.id == OPERATION)
_OF_THIS = and_(ITEMS.c.organization_id == ORGANIZATION, ITEMS.c.operation_id == OPERATION)
_OPEN_ITEM = and_(_OF_THIS, ITEMS.c.member_id == _MEMBER, ITEMS.c.outcome.is_(None))

_GIVEN = (
    "organization_id",
    "id",
    "action",
    "state",
    "total",
    "started_by_kind",
    "started_by_id",
    "started_by_label",
    "started_by_ip",
    "started_origin",
    "request_id",
    "correlation_id",
    "started_at",
)
INSERT_OPERATION = Statement(
    insert(OPERATIONS).from_select(
        list(_GIVEN), select(*(parameter(name, OPERATIONS.c[name].type) for name in _GIVEN))
    )
)
COUNT_UNSETTLED = Statement(
    select(func.count())
    .select_from(OPERATIONS)
    .where(OPERATIONS.c.organization_id == ORGANIZATION, OPERATIONS.c.settled_at.is_(None))
)
LOCK_OPERATION = Statement(select(OPERATIONS).where(_THIS).with_for_update(key_share=True))
# Waits for every member under way, each of which holds a key share: afterwards there is none.
LOCK_OPERATION_ALONE = Statement(select(OPERATIONS).where(_THIS).with_for_update())
ANY_OPEN_ITEM = Statement(select(exists().where(_OF_THIS, ITEMS.c.outcome.is_(None))))
SET_STATE = Statement(
    update(OPERATIONS)
    .where(_THIS)
    .values(
        state=parameter("state", TEXT),
        failure_reason=parameter("reason", TEXT),
        finished_at=_NOW,
    )
)


# The item, unless another process is at it, it is done, or the operation has ended meanwhile. The
# share keeps the operation from being settled before this transaction ends, and nothing else.
_RUNNING = (
    select(OPERATIONS.c.action)
    .where(_THIS, OPERATIONS.c.state == BulkOperationState.RUNNING.value)
    .with_for_update(read=True, key_share=True)
    .cte("running")
)
CLAIM_ITEM = Statement(
    select(_RUNNING.c.action)
    .select_from(ITEMS.join(_RUNNING, true()))
    .where(_OPEN_ITEM)
    .with_for_update(of=ITEMS, key_share=True, skip_locked=True)
)
MARK_ITEM = Statement(
    update(ITEMS)
    .where(_OPEN_ITEM)
    .values(
        outcome=parameter("outcome", TEXT),
        error_code=parameter("code", TEXT),
        error_message=parameter("message", TEXT),
    )
)
_NUMBERS = select(
    *(
        func.count().filter(ITEMS.c.outcome == outcome.value).label(outcome.value.lower())
        for outcome in BulkOutcome
    )
).where(_OF_THIS)
COUNT_ITEMS = Statement(_NUMBERS)
SETTLE = Statement(
    update(OPERATIONS)
    .where(_THIS)
    .values(
        settled_at=_NOW,
        **{
            outcome.value.lower(): parameter(outcome.value.lower(), OPERATIONS.c.total.type)
            for outcome in BulkOutcome
        },
    )
)


def insert_items(members: Any, condition: Any) -> Any:
    """Put the members that meet the condition down to be done, if they are as many as `expected`.

    Answers how many meet it. `members` is their table. One statement, so that the number is that of
    the rows.
    """
    chosen = (
        select(members.c.id)
        .where(members.c.organization_id == ORGANIZATION, condition)
        .cte("chosen")
    )
    counted = select(func.count().label("number")).select_from(chosen).cte("counted")
    expected = parameter("expected", OPERATIONS.c.total.type)
    made = insert(ITEMS).from_select(
        ["organization_id", "operation_id", "member_id"],
        select(ORGANIZATION, OPERATION, chosen.c.id).select_from(
            chosen.join(counted, counted.c.number == expected)
        ),
    )
    return select(counted.c.number).add_cte(made.returning(ITEMS.c.member_id).cte("made"))
