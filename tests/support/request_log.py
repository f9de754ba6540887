"""Writes entries of the request log as the facade's log would."""

from __future__ import annotations

from typing import Any

from domain.application import Application
from domain.clock import utc_now
from domain.ids import UUID, new_id
from domain.provisioning_entry import ProvisioningEntry
from domain.store.request_log import RequestLogWriter
from domain.vocabulary import (
    IdentityProvider,
    ProvisioningOutcome,
    ScimOperation,
    ScimResourceType,
    SubjectKind,
)


def entry(organization_id: UUID, **given: Any) -> ProvisioningEntry:
    """A create of a user by Okta that was applied, except for what is given."""
    id_ = given.pop("id", None) or new_id()
    values: dict[str, Any] = {
        "received_at": utc_now(),
        "duration_ms": 7,
        "method": "POST",
        "path": f"/v2/{organization_id}/Users",
        "operation": ScimOperation.CREATE,
        "status_code": 201,
        "outcome": ProvisioningOutcome.APPLIED,
        "correlation_id": id_,
        "resource_type": ScimResourceType.USER,
        "subject_kind": SubjectKind.MEMBER if given.get("subject_id") else None,
        "provider": IdentityProvider.OKTA,
        "user_agent": "Okta SCIM Client",
        "request_body": '{"userName": "ada"}',
        "response_body": "{}",
        "warnings": ("A warning.",),
    }
    return ProvisioningEntry(id=id_, organization_id=organization_id, **(values | given))


async def log_request(app: Application, organization_id: UUID, **given: Any) -> UUID:
    """Write one entry; its id."""
    made = entry(organization_id, **given)
    await write_requests(app, [made])
    return made.id


async def write_requests(app: Application, entries: list[ProvisioningEntry]) -> None:
    """Write entries in order."""
    log = RequestLogWriter(app.pool)
    for each in entries:
        log.record(each)
    await log.flush()
