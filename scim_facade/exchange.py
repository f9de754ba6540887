"""One request and its answer, with all that is learnt on the way from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from domain.clock import utc_now
from domain.ids import UUID, new_id
from domain.vocabulary import ScimOperation, ScimResourceType, SubjectKind
from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.query import ListQuery, parse_query

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import datetime

    from domain.caller import Caller
    from domain.commands import DeprovisionLimit
    from domain.queries.rows import ScimCredentialRow
    from scim_facade.services import ScimServices

SCIM_JSON = "application/scim+json"
PLAIN_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body: bytes that are JSON, chunks of them, or None for no content.

    `changed` says whether the request changed anything, `error_code` what the domain refused.
    """

    status: int
    body: bytes | AsyncIterator[bytes] | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    changed: bool = False
    scim_type: str | None = None
    detail: str | None = None
    error_code: str | None = None


class Exchange:
    """A request as it was received and what became known about it."""

    __slots__ = (
        "body",
        "caller",
        "changed_attributes",
        "connection",
        "headers",
        "id",
        "method",
        "operation",
        "organization_id",
        "path",
        "query_string",
        "received_at",
        "remote_ip",
        "resource_type",
        "services",
        "started",
        "subject_id",
        "subject_kind",
        "subject_label",
        "warnings",
    )

    def __init__(
        self, services: ScimServices, scope: Mapping[str, Any], organization_id: UUID
    ) -> None:
        self.services = services
        self.organization_id = organization_id
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        self.remote_ip: str | None = client[0] if client else None
        self.id = new_id()
        self.received_at: datetime = utc_now()
        self.started = perf_counter()
        self.warnings = Warnings()
        self.changed_attributes: tuple[str, ...] = ()
        self.body: bytes = b""
        self.operation = ScimOperation.READ
        self.resource_type: ScimResourceType | None = None
        self.subject_kind: SubjectKind | None = None
        self.subject_id: UUID | None = None
        self.subject_label: str | None = None
        self.caller: Caller
        self.connection: ScimCredentialRow

    def header(self, name: bytes) -> str | None:
        """A request header by its lower-case name."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def query(self) -> ListQuery:
        """The query string, parsed; ScimError 400."""
        return parse_query(self.query_string)

    @property
    def base_url(self) -> str:
        """The organization's base URL, on which locations are built."""
        return f"{self.services.public_url}/v2/{self.organization_id}"

    @property
    def limit(self) -> DeprovisionLimit | None:
        """What the connection may take away before the rest is held; None where nobody counts."""
        return self.connection.limit if self.services.deprovision_guard else None

    def about(self, kind: SubjectKind, id_: UUID, label: str | None = None) -> None:
        """Remember what the request was about, for the log."""
        self.subject_kind = kind
        self.subject_id = id_
        if label is not None:
            self.subject_label = label

    def content_type(self) -> str:
        """The media type of the answer: the connection's, or what Accept prefers of the two."""
        chosen = self.connection.settings.content_type if self.has_connection else None
        if chosen is not None:
            return chosen
        accept = self.headers.get(b"accept")
        if accept is None or b"scim+json" in accept or b"application/json" not in accept:
            return SCIM_JSON
        return SCIM_JSON if b"*/*" in accept else PLAIN_JSON

    @property
    def has_connection(self) -> bool:
        """Whether the caller was authenticated."""
        return hasattr(self, "connection")
