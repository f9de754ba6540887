"""The history as it is read: sealed events, newest first, by subject, actor, action or time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, func, literal_column, select

from domain.ids import UUID
from domain.queries.audit_actions import AUDIT_ACTIONS
from domain.queries.compiler import FieldColumn, Queried
from domain.queries.conditions import AllOf, Column, Compare, Condition, Op, Words, is_one_value
from domain.queries.listing import Listing, no_link
from domain.queries.paging import Order, Page, Window
from domain.queries.ranges import Instants, within
from domain.queries.reader import Reader
from domain.queries.walks import Walk
from domain.store.audit_writer import AUDIT_EVENTS
from domain.store.statement import KEY, UUID_TYPE, Statement, parameter
from domain.vocabulary import ActorKind, Origin, SubjectKind

_BEYOND_ALL: Any = literal_column(str(2**63 - 1))
"""A position that no event reaches."""


@dataclass(frozen=True, slots=True)
class AuditEventRow:
    """A sealed event."""

    organization_id: UUID
    id: UUID
    sequence: int
    position: int
    hash: bytes
    occurred_at: datetime
    action: str
    origin: Origin
    actor_kind: ActorKind
    actor_id: UUID | None
    actor_label: str
    actor_ip: str | None
    subject_kind: SubjectKind
    subject_id: UUID
    subject_label: str
    changes: list[dict[str, str | None]]
    correlation_id: UUID
    request_id: UUID


def event_row(record: Mapping[str, Any]) -> AuditEventRow:
    """The event that a record with its columns holds."""
    return AuditEventRow(
        organization_id=record["organization_id"],
        id=record["id"],
        sequence=record["sequence"],
        position=record["position"],
        hash=record["hash"],
        occurred_at=record["occurred_at"],
        action=record["action"],
        origin=Origin(record["origin"]),
        actor_kind=ActorKind(record["actor_kind"]),
        actor_id=record["actor_id"],
        actor_label=record["actor_label"],
        actor_ip=record["actor_ip"],
        subject_kind=SubjectKind(record["subject_kind"]),
        subject_id=record["subject_id"],
        subject_label=record["subject_label"],
        changes=record["changes"],
        correlation_id=record["correlation_id"],
        request_id=record["request_id"],
    )


def first_position(meets: Callable[[Any], Any]) -> Any:
    """The position of the first event whose instant meets the condition, else one beyond all.

    Time never runs backwards along positions.
    """
    events = AUDIT_EVENTS.alias("bounding")
    found = (
        select(events.c.position)
        .where(
            events.c.organization_id == parameter("organization_id", UUID_TYPE),
            events.c.position.isnot(None),
            meets(events.c.occurred_at),
        )
        .order_by(events.c.occurred_at, events.c.position)
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    return func.coalesce(found, _BEYOND_ALL)


def _first_position_since(instant: Any) -> Any:
    return first_position(lambda occurred_at: occurred_at >= instant)


_COLUMNS = [AUDIT_EVENTS.c[name] for name in AuditEventRow.__dataclass_fields__]
_QUERIED = Queried(
    fields={
        "action": FieldColumn(AUDIT_EVENTS.c.action, KEY),
        "origin": FieldColumn(AUDIT_EVENTS.c.origin),
        "actor_id": FieldColumn(AUDIT_EVENTS.c.actor_id, UUID_TYPE),
        "subject_id": FieldColumn(AUDIT_EVENTS.c.subject_id, UUID_TYPE),
        "correlation_id": FieldColumn(AUDIT_EVENTS.c.correlation_id, UUID_TYPE),
        "position": FieldColumn(AUDIT_EVENTS.c.position, BigInteger()),
        "occurred_at": FieldColumn(
            AUDIT_EVENTS.c.position,
            AUDIT_EVENTS.c.occurred_at.type,
            translated=_first_position_since,
        ),
    },
    profile=None,
    linked=no_link,
)


def _listing(parent: Any = None) -> Listing[AuditEventRow]:
    return Listing(
        source=AUDIT_EVENTS,
        columns=_COLUMNS,
        organization=AUDIT_EVENTS.c.organization_id,
        identity=AUDIT_EVENTS.c.id,
        orders=(Order("POSITION", AUDIT_EVENTS.c.position, tie_type=int),),
        row=event_row,
        queried=_QUERIED,
        parent=parent,
        always=AUDIT_EVENTS.c.position.isnot(None),
    )


EVENT_LIST = _listing()
SUBJECT_EVENT_LIST = _listing(AUDIT_EVENTS.c.subject_id)
CORRELATED_EVENT_LIST = _listing(AUDIT_EVENTS.c.correlation_id)


@dataclass(frozen=True, slots=True)
class AuditEventFilter:
    """Meets the events that meet everything that is given.

    An action that ends in `.*` stands for all that begin so.
    """

    actions: tuple[str, ...] | None = None
    origins: tuple[Origin, ...] | None = None
    actor_id: UUID | None = None
    subject_id: UUID | None = None
    correlation_id: UUID | None = None
    occurred_at: Instants | None = None

    def condition(self) -> Condition:
        """The filter as a condition."""
        return AllOf(self._parts())

    def walk(self) -> tuple[Walk, Condition]:
        """What an index has in order, with the time, and what is left to look for in it."""
        time, *terms = self._parts()
        ordered = [term for term in terms if is_one_value(term)]
        first = tuple(ordered[:1])
        rest = tuple(term for term in terms if term not in first)
        return Walk(5_000, within=AllOf((time, *first))), AllOf(rest)

    def _parts(self) -> tuple[Condition, ...]:
        """The time first, then the most selective."""
        terms: list[Condition] = [AllOf(tuple(within("occurred_at", self.occurred_at)))]
        for column in ("correlation_id", "subject_id", "actor_id"):
            value = getattr(self, column)
            if value is not None:
                terms.append(Compare(Column(column), Op.EQ, value))
        if self.actions is not None:
            terms.append(Words(Column("action"), _known(self.actions)))
        if self.origins is not None:
            terms.append(Words(Column("origin"), tuple(sorted(set(map(str, self.origins))))))
        return tuple(terms)


EVERY_EVENT = AuditEventFilter()


def _known(asked: tuple[str, ...]) -> tuple[str, ...]:
    """The actions of the catalogue that are asked for; no event has another one."""
    prefixes = tuple(action[:-1] for action in asked if action.endswith(".*"))
    return tuple(
        action for action in sorted(AUDIT_ACTIONS) if action in asked or action.startswith(prefixes)
    )


async def page_events(
    reader: Reader,
    organization_id: UUID,
    window: Window,
    wanted: AuditEventFilter = EVERY_EVENT,
    *,
    descending: bool = True,
) -> Page[AuditEventRow]:
    """Sealed events of the organization."""
    walk, condition = wanted.walk()
    return await EVENT_LIST.page(
        reader,
        organization_id,
        window,
        condition,
        order="POSITION",
        descending=descending,
        walk=walk,
    )


_SUBJECT_ACTION = (
    select(AUDIT_EVENTS.c.id)
    .where(
        AUDIT_EVENTS.c.organization_id == parameter("organization_id", UUID_TYPE),
        AUDIT_EVENTS.c.subject_id == parameter("subject_id", UUID_TYPE),
        AUDIT_EVENTS.c.action == parameter("action", KEY),
    )
    .limit(1)
)
# Two look-ups, for two indexes: that of sealed events by subject and that of what waits for a seal.
_HAPPENED = [
    Statement(_SUBJECT_ACTION.where(AUDIT_EVENTS.c.position.isnot(None))),
    Statement(_SUBJECT_ACTION.where(AUDIT_EVENTS.c.position.is_(None))),
]


async def has_happened(
    reader: Reader, organization_id: UUID, subject_id: UUID, action: str
) -> bool:
    """Whether the history, sealed or not, knows of that action on that subject."""
    for statement in _HAPPENED:
        if await reader.fetch_value(
            statement, organization_id=organization_id, subject_id=subject_id, action=action
        ):
            return True
    return False
