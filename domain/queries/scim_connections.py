"""The provisioning endpoint as an operator looks at it: switches, keys, and signs of life."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import func, literal_column, select

from domain.ids import UUID
from domain.model.provisioning_request import ProvisioningHeadTable
from domain.model.scim_connection import ScimSettings
from domain.queries.provisioning_requests import REQUESTS
from domain.queries.reader import Reader
from domain.store.connection_rows import (
    CONNECTIONS,
    CREDENTIALS,
    ScimConnection,
    connection_of,
)
from domain.store.statement import (
    INSTANT,
    TEXT,
    UUID_TYPE,
    UUIDS,
    Statement,
    parameter,
)
from domain.vocabulary import CredentialKind, IdentityProvider, ProvisioningOutcome

HEADS: Any = ProvisioningHeadTable.__table__  # type: ignore[attr-defined]
Settings = ScimSettings
"""The switches, for facades, which see no aggregate."""
SILENT_AFTER = timedelta(days=3)
SEEN_LATELY = 500
"""How many of the last requests say which provider is calling."""
_ORGANIZATION = parameter("organization_id", UUID_TYPE)
_CONNECTION_ID = Statement(
    select(CONNECTIONS.c.id).where(CONNECTIONS.c.organization_id == _ORGANIZATION)
)


class ScimHealth(Enum):
    """What an operator looks at first."""

    DISABLED = auto()
    NEVER_CONTACTED = auto()
    HEALTHY = auto()
    FAILING = auto()
    SILENT = auto()


@dataclass(frozen=True, slots=True)
class ConnectionRow(ScimConnection):
    """An endpoint with when it was last called."""

    created_at: datetime
    updated_at: datetime
    last_request_at: datetime | None
    last_error_at: datetime | None

    def health(self, now: datetime) -> ScimHealth:
        """FAILING while the last request met an error, SILENT three days after the last one."""
        if not self.enabled:
            return ScimHealth.DISABLED
        if self.last_request_at is None:
            return ScimHealth.NEVER_CONTACTED
        if self.last_error_at is not None and self.last_error_at >= self.last_request_at:
            return ScimHealth.FAILING
        if now - self.last_request_at > SILENT_AFTER:
            return ScimHealth.SILENT
        return ScimHealth.HEALTHY


@dataclass(frozen=True, slots=True)
class ScimKeyRow:
    """A key of the endpoint, never the secret."""

    organization_id: UUID
    id: UUID
    kind: CredentialKind
    name: str | None
    hint: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    issuer: str | None = None
    subject: str | None = None
    audience: str | None = None
    jwks_url: str | None = None


@dataclass(frozen=True, slots=True)
class ActivityBucket:
    """How many requests of each outcome began in an hour or a day."""

    starts_at: datetime
    applied: int = 0
    unchanged: int = 0
    rejected: int = 0
    failed: int = 0


_CONNECTIONS = Statement(
    select(*CONNECTIONS.c, HEADS.c.last_request_at, HEADS.c.last_error_at)
    .select_from(
        CONNECTIONS.outerjoin(HEADS, HEADS.c.organization_id == CONNECTIONS.c.organization_id)
    )
    .where(CONNECTIONS.c.organization_id == func.any(parameter("ids", UUIDS)))
)
_KEYS = Statement(
    select(*(CREDENTIALS.c[name] for name in ScimKeyRow.__dataclass_fields__))
    .where(
        CREDENTIALS.c.organization_id == _ORGANIZATION,
        CREDENTIALS.c.connection_id == parameter("connection_id", UUID_TYPE),
        CREDENTIALS.c.revoked_at.is_(None),
        CREDENTIALS.c.expires_at.is_(None) | (CREDENTIALS.c.expires_at > parameter("now", INSTANT)),
    )
    .order_by(CREDENTIALS.c.id)
)


def _seen_statement() -> Statement:
    last = (
        select(REQUESTS.c.provider)
        .where(
            REQUESTS.c.organization_id == _ORGANIZATION,
            REQUESTS.c.received_at >= parameter("since", INSTANT),
        )
        .order_by(REQUESTS.c.received_at.desc())
        .limit(literal_column(str(SEEN_LATELY)))
        .subquery("last")
    )
    return Statement(
        select(last.c.provider)
        .where(last.c.provider.isnot(None))
        .group_by(last.c.provider)
        .order_by(func.count().desc(), last.c.provider)
        .limit(literal_column("1"))
    )


_SEEN = _seen_statement()
_STARTS_AT = func.date_trunc(
    parameter("unit", TEXT), REQUESTS.c.received_at, literal_column("'UTC'")
).label("starts_at")
_ACTIVITY = Statement(
    select(_STARTS_AT, REQUESTS.c.outcome, func.count().label("number"))
    .where(
        REQUESTS.c.organization_id == _ORGANIZATION,
        REQUESTS.c.received_at >= parameter("start", INSTANT),
        REQUESTS.c.received_at < parameter("end", INSTANT),
    )
    .group_by(literal_column("1"), REQUESTS.c.outcome)
)


async def connections_of(
    reader: Reader, organization_ids: Sequence[UUID]
) -> dict[UUID, ConnectionRow]:
    """The endpoint of each organization that ever switched one on, by organization."""
    records = await reader.fetch(_CONNECTIONS, ids=list(dict.fromkeys(organization_ids)))
    found = {}
    for record in records:
        known = connection_of(record)
        found[known.organization_id] = ConnectionRow(
            **{name: getattr(known, name) for name in ScimConnection.__dataclass_fields__},
            created_at=record["created_at"],
            updated_at=record["updated_at"],
            last_request_at=record["last_request_at"],
            last_error_at=record["last_error_at"],
        )
    return found


async def active_keys(
    reader: Reader, organization_id: UUID, connection_id: UUID, now: datetime
) -> list[ScimKeyRow]:
    """Keys that open the endpoint, oldest first."""
    records = await reader.fetch(
        _KEYS, organization_id=organization_id, connection_id=connection_id, now=now
    )
    found = []
    for record in records:
        values = {name: record[name] for name in ScimKeyRow.__dataclass_fields__}
        values["kind"] = CredentialKind(values["kind"])
        found.append(ScimKeyRow(**values))
    return found


async def provider_seen(
    reader: Reader, organization_id: UUID, since: datetime
) -> IdentityProvider | None:
    """The provider that most of the last requests since then were guessed to come from."""
    word = await reader.fetch_value(_SEEN, organization_id=organization_id, since=since)
    return None if word is None else IdentityProvider(word)


async def activity(
    reader: Reader, organization_id: UUID, start: datetime, end: datetime
) -> list[ActivityBucket]:
    """Requests by outcome, oldest bucket first: hours of up to three days, else days, in UTC.

    The first and the last bucket hold what of them lies in the window.
    """
    unit = "hour" if end - start <= timedelta(days=3) else "day"
    numbers: dict[datetime, dict[str, int]] = {at: {} for at in _buckets(start, end, unit)}
    for record in await reader.fetch(
        _ACTIVITY, organization_id=organization_id, start=start, end=end, unit=unit
    ):
        outcome = ProvisioningOutcome(record["outcome"])
        numbers[record["starts_at"]][outcome.lower()] = record["number"]
    return [ActivityBucket(starts_at, **found) for starts_at, found in numbers.items()]


def _buckets(start: datetime, end: datetime, unit: str) -> Iterator[datetime]:
    """When each hour or day begins that the window touches."""
    at = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if unit == "day":
        at = at.replace(hour=0)
    step = timedelta(hours=1) if unit == "hour" else timedelta(days=1)
    while at < end:
        yield at
        at += step


async def find_connection_id(reader: Reader, organization_id: UUID) -> UUID | None:
    """The id of the organization's endpoint, or None."""
    found: UUID | None = await reader.fetch_value(_CONNECTION_ID, organization_id=organization_id)
    return found
