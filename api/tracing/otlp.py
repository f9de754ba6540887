"""Spans as OTLP over HTTP takes them, in its JSON form (opentelemetry-proto, trace.v1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.spans import Span, Value

_OK, _ERROR = 0, 2


def export_request(spans: Sequence[Span], resource: Mapping[str, Value]) -> dict[str, Any]:
    """An `ExportTraceServiceRequest` of these spans; `resource` says which process they are of."""
    scope = {"scope": {"name": "rollcall"}, "spans": [_span(span) for span in spans]}
    return {
        "resourceSpans": [{"resource": {"attributes": _pairs(resource)}, "scopeSpans": [scope]}]
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "traceId": span.trace_id,
        "spanId": span.id,
        "parentSpanId": span.parent_id or "",
        "name": span.name,
        "kind": span.kind.value,
        # 64 bits: JSON's numbers do not hold them.
        "startTimeUnixNano": str(span.began_ns),
        "endTimeUnixNano": str(span.ended_ns),
        "attributes": _pairs(span.attributes),
        "status": {"code": _ERROR if span.has_failed else _OK},
    }


def _pairs(attributes: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in attributes.items()]


def _value(value: Value) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case _:
            return {"stringValue": value}
