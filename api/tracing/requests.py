"""Spans of requests: what was asked in words of ours, by which organization, and how it ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from api.http_middleware import PerRequest, at_start
from domain.spans import SpanKind, parent_of, present_span, span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Receive, Scope, Send

    from domain.caller import Caller
    from domain.provisioning_entry import ProvisioningEntry, ProvisioningLog

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# What clients name their operations. Longer or other names may be anything.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SERVER_ERROR = 500


class TraceRequests(PerRequest):
    """Makes a span of each request over HTTP."""

    async def _pass(self, route: str, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        parent = parent_of(headers.get(b"traceparent", b"").decode("latin-1"))
        with span(f"{method} {route}", SpanKind.SERVER, parent=parent) as made:
            if made is None:
                await self._app(scope, receive, send)
                return
            made.attributes |= {"http.request.method": method, "http.route": route}

            def note(head: Message) -> None:
                made.attributes["http.response.status_code"] = head["status"]
                made.has_failed = head["status"] >= _SERVER_ERROR
                for name, value in head["headers"]:
                    if name.lower() == b"x-request-id":
                        made.attributes["rollcall.request_id"] = value.decode("latin-1")

            await self._app(scope, receive, at_start(send, note))


class TracingLog:
    """A request log that tells the span at hand what a SCIM call was, and passes the call on."""

    __slots__ = ("_inner",)

    def __init__(self, inner: ProvisioningLog) -> None:
        self._inner = inner

    def record(self, entry: ProvisioningEntry) -> None:
        """Name the span, and pass the entry on."""
        made = present_span()
        if made is not None:
            resource = entry.resource_type or "NONE"
            made.name = f"SCIM {entry.operation} {resource}"
            made.attributes |= {
                "http.route": "/v2/",
                "rollcall.organization_id": str(entry.organization_id),
                "rollcall.scim.operation": str(entry.operation),
                "rollcall.scim.resource": str(resource),
                "rollcall.outcome": str(entry.outcome),
            }
            if entry.error_code is not None:
                made.attributes["rollcall.error_code"] = entry.error_code
        self._inner.record(entry)


def note_operation(name: str | None, caller: Caller, errors: list[Mapping[str, str]]) -> None:
    """Tell the span at hand which operation of the admin API ran, and for whom.

    `errors` are the `extensions` of what was answered.
    """
    made = present_span()
    if made is None:
        return
    known = name if name and _NAME.fullmatch(name) else "unnamed"
    made.name = f"GraphQL {known}"
    made.attributes["graphql.operation.name"] = known
    made.attributes["rollcall.outcome"] = errors[0]["code"] if errors else "ANSWERED"
    if caller.organization_id is not None:
        made.attributes["rollcall.organization_id"] = str(caller.organization_id)
