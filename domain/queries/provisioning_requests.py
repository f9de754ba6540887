"""The log of provisioning requests as it is read, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from domain.ids import UUID
from domain.model.provisioning_request import ProvisioningRequestTable
from domain.queries.compiler import FieldColumn, Queried
from domain.queries.conditions import AllOf, AnyOf, Column, Compare, Condition, OneOf, Op
from domain.queries.listing import Listing, no_link
from domain.queries.paging import Order, Page, Window
from domain.queries.ranges import Instants, within
from domain.queries.reader import Reader
from domain.store.statement import INSTANT, INTEGER, UUID_TYPE, UUIDS, Statement, parameter
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
        terms: list[Condition] = []
        for column, words in (
            ("outcome", self.outcomes),
            ("operation", self.operations),
            ("resource_type", self.resource_types),
        ):
            if words is not None:
                terms.append(OneOf(Column(column), tuple(str(word) for word in words)))
        if self.status_codes is not None:
            terms.append(OneOf(Column("status_code"), self.status_codes))
        if self.subject_id is not None:
            terms.append(Compare(Column("subject_id"), Op.EQ, self.subject_id))
        if self.search is not None and self.search.strip():
            places = ("path", "subject_label", "request_body")
            text = self.search.strip()
            terms.append(
                AnyOf(tuple(Compare(Column(place), Op.CONTAINS, text) for place in places))
            )
        terms.extend(within("received_at", self.received_at))
        if self.slower_than_ms is not None:
            terms.append(Compare(Column("duration_ms"), Op.GT, self.slower_than_ms))
        if self.changed is not None:
            named = (f" {name.strip()} " for name in self.changed)
            terms.append(
                AnyOf(tuple(Compare(Column("changed"), Op.CONTAINS, name) for name in named))
            )
        if self.request_id is not None:
            terms.append(Compare(Column("id"), Op.EQ, self.request_id))
        return AllOf(tuple(terms))


EVERY_REQUEST = ProvisioningRequestFilter()


async def page_requests(
    reader: Reader,
    organization_id: UUID,
    window: Window,
    wanted: ProvisioningRequestFilter = EVERY_REQUEST,
) -> Page[ProvisioningRequestRow]:
    """Requests to the organization's endpoint, newest first."""
    return await REQUEST_LIST.page(
        reader, organization_id, window, wanted.condition(), order="POSITION", descending=True
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
