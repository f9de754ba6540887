"""What the request log keeps of an exchange: redacted, with the provider that probably sent it."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from domain.provisioning_entry import ProvisioningEntry
from domain.secrets import masked
from domain.vocabulary import ProvisioningOutcome
from scim_facade.detection import detect_provider
from scim_facade.redaction import redacted, redacted_query, text_of

if TYPE_CHECKING:
    from scim_facade.exchange import Answer, Exchange


def record(exchange: Exchange, answer: Answer) -> None:
    """Hand the exchange to the request log."""
    path = exchange.path
    if exchange.query_string:
        path = f"{path}?{redacted_query(exchange.query_string)}"
    body = answer.body
    exchange.services.log.record(
        ProvisioningEntry(
            id=exchange.id,
            organization_id=exchange.organization_id,
            received_at=exchange.received_at,
            duration_ms=round((perf_counter() - exchange.started) * 1000),
            method=exchange.method,
            path=masked(path),
            operation=exchange.operation,
            status_code=answer.status,
            outcome=_outcome(answer),
            correlation_id=exchange.id,
            resource_type=exchange.resource_type,
            subject_kind=exchange.subject_kind,
            subject_id=exchange.subject_id,
            subject_label=masked(exchange.subject_label),
            scim_type=answer.scim_type,
            detail=masked(answer.detail),
            error_code=answer.error_code,
            warnings=tuple(map(masked, exchange.warnings)) if exchange.warnings else (),
            warning_names=tuple(exchange.warnings.names) if exchange.warnings else (),
            changed_attributes=exchange.changed_attributes,
            provider=detect_provider(exchange),
            user_agent=masked(exchange.header(b"user-agent")),
            remote_ip=exchange.remote_ip,
            request_body=redacted(exchange.body),
            # Answers hold no passwords, which are never stored, but may repeat what was sent.
            response_body=masked(text_of(body)) if isinstance(body, bytes) else None,
        )
    )


def _outcome(answer: Answer) -> ProvisioningOutcome:
    if answer.status >= 500 and answer.status != 501:  # what is not offered is no trouble here
        return ProvisioningOutcome.FAILED
    if answer.status >= 400:
        return ProvisioningOutcome.REJECTED
    return ProvisioningOutcome.APPLIED if answer.changed else ProvisioningOutcome.UNCHANGED
