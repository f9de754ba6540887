"""The log of provisioning requests as it is read, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on

from domain.ids import UUID
from domain.model.provisioning_request import ProvisioningRequestTable
from domain.queries.closed_words import http_statuses
from domain.queries.compiler import FieldColumn, Queried
from domain.queries.conditions import (
    AllOf,
    AnyOf,
    Column,
    Compare,
    Condition,
    Op,
    Words,
    is_one_value,
)
from domain.queries.listing import Listing, no_link
from domain.queries.paging import Order, Page, Window
from domain.queries.ranges import Instants, within
from domain.queries.reader import Reader
from domain.queries.walks import Walk
from domain.store.statement import (
    BOOLEAN,
    INSTANT,
    INTEGER,
    UUID_TYPE,
    UUIDS,
    Statement,
    parameter,
)
from domain.vocabulary import (
    IdentityProvider,
    ProvisioningOutcome,
    ScimOperation,
    ScimResourceType,
    SubjectKind,
)

REQUESTS: Any = ProvisioningRequestTable.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class ProvisioningRequestRow:
    """One call and what came of it."""

    organization_id: UUID
    id: UUID
    position: int
    received_at: datetime
    duration_ms: int
    method: str
    path: str
    operation: ScimOperation
    resource_type: ScimResourceType | None
    subject_kind: SubjectKind | None
    subject_id: UUID | None
    subject_label: str | None
    status_code: int
    outcome: ProvisioningOutcome
    scim_type: str | None
    detail: str | None
    error_code: str | None
    warnings: Sequence[str]
    warning_names: Sequence[str]
    changed_attributes: Sequence[str]
    provider: IdentityProvider | None
    user_agent: str | None
    remote_ip: str | None
    request_body: str | None
    response_body: str | None
    correlation_id: UUID


_WORDS: dict[str, Any] = {
    "operation": ScimOperation,
    "resource_type": ScimResourceType,
    "subject_kind": SubjectKind,
    "outcome": ProvisioningOutcome,
    "provider": IdentityProvider,
}


def request_row(record: Mapping[str, Any]) -> ProvisioningRequestRow:
    """The request that a record with its columns holds."""
    values = {name: record[name] for name in ProvisioningRequestRow.__dataclass_fields__}
    for name, word in _WORDS.items():
        if values[name] is not None:
            values[name] = word(values[name])
    return ProvisioningRequestRow(**values)


SLOW_MS = 100
"""From where on there is an index of slow requests."""
LOOKED_THROUGH = 20_000
"""How many requests a page looks through for what no index finds."""
_OTHERS = REQUESTS.alias("others")
_HOUR: Any = literal_column("interval '1 hour'")


def _position_near(instant: Any, *, before: bool) -> Any:
    """The position of the last request that was received before an instant, or the first after."""
    received = _OTHERS.c.received_at
    found = (
        select(_OTHERS.c.position)
        .where(
            _OTHERS.c.organization_id == parameter("organization_id", UUID_TYPE),
            received < instant if before else received >= instant,
        )
        .order_by(received.desc() if before else received)
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    return func.coalesce(found, literal_column("0" if before else str(2**63 - 1)))


_QUERIED = Queried(
    fields={
        "id": FieldColumn(REQUESTS.c.id, UUID_TYPE),
        "outcome": FieldColumn(REQUESTS.c.outcome),
        "operation": FieldColumn(REQUESTS.c.operation),
        "resource_type": FieldColumn(REQUESTS.c.resource_type),
        "status_code": FieldColumn(REQUESTS.c.status_code, INTEGER),
        "subject_id": FieldColumn(REQUESTS.c.subject_id, UUID_TYPE),
        "duration_ms": FieldColumn(REQUESTS.c.duration_ms, INTEGER),
        "received_at": FieldColumn(REQUESTS.c.received_at, INSTANT),
        "position_since": FieldColumn(
            REQUESTS.c.position,
            INSTANT,
            translated=lambda start: _position_near(start - _HOUR, before=True),
        ),
        "position_until": FieldColumn(
            REQUESTS.c.position,
            INSTANT,
            translated=lambda end: _position_near(end + _HOUR, before=False),
        ),
        "slow": FieldColumn(REQUESTS.c.duration_ms >= literal_column(str(SLOW_MS)), BOOLEAN),
        "path": FieldColumn(REQUESTS.c.path, lowered=True),
        "subject_label": FieldColumn(REQUESTS.c.subject_label, lowered=True),
        "request_body": FieldColumn(REQUESTS.c.request_body, lowered=True),
        "changed": FieldColumn(
            # Blanks around each name, by which one is found whole: none holds a blank itself.
            func.concat(" ", func.array_to_string(REQUESTS.c.changed_attributes, " "), " "),
            lowered=True,
        ),
    },
    profile=None,
    linked=no_link,
)


def _listing(parent: Any = None) -> Listing[ProvisioningRequestRow]:
    return Listing(
        source=REQUESTS,
        columns=[REQUESTS.c[name] for name in ProvisioningRequestRow.__dataclass_fields__],
        organization=REQUESTS.c.organization_id,
        identity=REQUESTS.c.id,
        orders=(Order("POSITION", REQUESTS.c.position, tie_type=int),),
        row=request_row,
        queried=_QUERIED,
        parent=parent,
    )


REQUEST_LIST = _listing()
SUBJECT_REQUEST_LIST = _listing(REQUESTS.c.subject_id)


@dataclass(frozen=True, slots=True)
class ProvisioningRequestFilter:
    """Meets the requests that meet everything that is given."""

    outcomes: tuple[ProvisioningOutcome, ...] | None = None
    operations: tuple[ScimOperation, ...] | None = None
    resource_types: tuple[ScimResourceType, ...] | None = None
    status_codes: tuple[int, ...] | None = None
    subject_id: UUID | None = None
    search: str | None = None
    received_at: Instants | None = None
    slower_than_ms: int | None = None
    changed: tuple[str, ...] | None = None
    request_id: UUID | None = None

    def condition(self) -> Condition:
        """The filter as a condition."""
        return AllOf((*self._found(), *self._looked_for()))

    def walk(self) -> tuple[Walk, Condition]:
        """What an index has in order, with the time, and what is left to look for in it."""
        time, *terms = self._found()
        ordered = [term for term in terms if is_one_value(term)]
        first = tuple(ordered[:1])
        rest = tuple(term for term in terms if term not in first)
        unindexed = self._looked_for()
        rows = LOOKED_THROUGH if unindexed else 5_000
        walk = Walk(rows, within=AllOf((time, *first)), gathers=not unindexed)
        return walk, AllOf((*rest, *unindexed))

    def _found(self) -> tuple[Condition, ...]:
        """What indexes find: the time first, then the most selective."""
        time = (*_positions(self.received_at), *within("received_at", self.received_at))
        terms: list[Condition] = [AllOf(time)]
        for column, value in (("id", self.request_id), ("subject_id", self.subject_id)):
            if value is not None:
                terms.append(Compare(Column(column), Op.EQ, value))
        for column, words in (
            ("outcome", self.outcomes),
            ("operation", self.operations),
            ("status_code", self.status_codes and http_statuses(self.status_codes)),
            ("resource_type", self.resource_types),
        ):
            if words is not None:
                terms.append(Words(Column(column), tuple(sorted({str(word) for word in words}))))
        if self.slower_than_ms is not None and self.slower_than_ms >= SLOW_MS:
            terms.append(AllOf((Words(Column("slow"), ("true",)), _slower(self.slower_than_ms))))
        return tuple(terms)

    def _looked_for(self) -> tuple[Condition, ...]:
        """What no index finds."""
        terms: list[Condition] = []
        if self.search is not None and self.search.strip():
            places = ("path", "subject_label", "request_body")
            text = self.search.strip()
            terms.append(
                AnyOf(tuple(Compare(Column(place), Op.CONTAINS, text) for place in places))
            )
        if self.slower_than_ms is not None and self.slower_than_ms < SLOW_MS:
            terms.append(_slower(self.slower_than_ms))
        if self.changed is not None:
            named = (f" {name.strip()} " for name in self.changed)
            terms.append(
                AnyOf(tuple(Compare(Column("changed"), Op.CONTAINS, name) for name in named))
            )
        return tuple(terms)


def _slower(than_ms: int) -> Condition:
    return Compare(Column("duration_ms"), Op.GT, than_ms)


def _positions(instants: Instants | None) -> list[Condition]:
    """Positions between which requests of that time are, with an hour to spare at each end.

    Processes write what they received within seconds, so positions rise with time as a whole.
    """
    terms: list[Condition] = []
    if instants is not None and instants.start is not None:
        terms.append(Compare(Column("position_since"), Op.GT, instants.start))
    if instants is not None and instants.end is not None:
        terms.append(Compare(Column("position_until"), Op.LT, instants.end))
    return terms


EVERY_REQUEST = ProvisioningRequestFilter()


async def page_requests(
    reader: Reader,
    organization_id: UUID,
    window: Window,
    wanted: ProvisioningRequestFilter = EVERY_REQUEST,
) -> Page[ProvisioningRequestRow]:
    """Requests to the organization's endpoint, newest first."""
    walk, condition = wanted.walk()
    return await REQUEST_LIST.page(
        reader, organization_id, window, condition, order="POSITION", descending=True, walk=walk
    )


_CREATED_BY = Statement(
    select(REQUESTS)
    .ext(distinct_on(REQUESTS.c.subject_id))
    .where(
        REQUESTS.c.organization_id == parameter("organization_id", UUID_TYPE),
        REQUESTS.c.subject_id == parameter("ids", UUIDS).any_(),
        REQUESTS.c.operation == "CREATE",
        REQUESTS.c.outcome == "APPLIED",
    )
    .order_by(REQUESTS.c.subject_id, REQUESTS.c.position)
)


async def requests_that_created(
    reader: Reader, organization_id: UUID, subject_ids: Sequence[UUID]
) -> dict[UUID, ProvisioningRequestRow]:
    """For each of the subjects that a request created, that request."""
    records = await reader.fetch(
        _CREATED_BY, organization_id=organization_id, ids=list(dict.fromkeys(subject_ids))
    )
    return {record["subject_id"]: request_row(record) for record in records}
