"""One SCIM call as the request log takes it, and the log as a facade sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import UUID
from domain.vocabulary import (
    IdentityProvider,
    ProvisioningOutcome,
    ScimOperation,
    ScimResourceType,
    SubjectKind,
)

MAX_BODY = 65_536


@dataclass(frozen=True, slots=True)
class ProvisioningEntry:
    """A call and what came of it; bodies are redacted by whoever makes the entry.

    `error_code` is that of a refusal by the domain. `warning_names` say to programs what
    `warnings` say to people. `changed_attributes` are SCIM's names, `members (+3 −1)` of a group.
    """

    id: UUID
    organization_id: UUID
    received_at: datetime
    duration_ms: int
    method: str
    path: str
    operation: ScimOperation
    status_code: int
    outcome: ProvisioningOutcome
    correlation_id: UUID
    resource_type: ScimResourceType | None = None
    subject_kind: SubjectKind | None = None
    subject_id: UUID | None = None
    subject_label: str | None = None
    scim_type: str | None = None
    detail: str | None = None
    error_code: str | None = None
    warnings: tuple[str, ...] = ()
    warning_names: tuple[str, ...] = ()
    changed_attributes: tuple[str, ...] = ()
    provider: IdentityProvider | None = None
    user_agent: str | None = None
    remote_ip: str | None = None
    request_body: str | None = None
    response_body: str | None = None


class ProvisioningLog(Protocol):
    """Takes entries without waiting; what it cannot take it drops and counts."""

    def record(self, entry: ProvisioningEntry) -> None:
        """Take one entry; never raises, never blocks."""
