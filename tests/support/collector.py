"""A collector of traces: a real HTTP server that reads what OTLP over HTTP sends, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.http_server import Handler, serving


@dataclass(slots=True)
class Collected:
    """A span as it arrived, its attributes by name."""

    name: str
    kind: int
    trace_id: str
    id: str
    parent_id: str
    lasted_ns: int
    has_failed: bool
    attributes: dict[str, Any]
    service: str


@dataclass(slots=True)
class Collector:
    """What arrived; `status` is what the next request is answered with."""

    url: str = ""
    spans: list[Collected] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    status: int = 200

    def named(self, name: str) -> list[Collected]:
        """The spans of that name."""
        return [each for each in self.spans if each.name == name]

    def take(self, path: str, kind: str, body: bytes) -> None:
        """Read a request as the protocol defines it; raises where it does not keep to it."""
        assert kind == "application/json"
        self.paths.add(path)
        self.bodies.append(body)
        for resource in json.loads(body)["resourceSpans"]:
            service = _attributes(resource["resource"]["attributes"])["service.name"]
            for scope in resource["scopeSpans"]:
                self.spans += [_collected(each, service) for each in scope["spans"]]


@contextmanager
def running_collector() -> Iterator[Collector]:
    """A collector on a port of this machine."""
    collector = Collector()

    class Collecting(Handler):
        def post(self) -> None:
            body = self.body()
            if collector.status == 200:
                collector.take(self.path, self.headers["content-type"], body)
            self.answer(collector.status, b"{}")

    with serving(Collecting) as collector.url:
        yield collector


def _collected(span: dict[str, Any], service: str) -> Collected:
    assert len(bytes.fromhex(span["traceId"])) == 16
    assert len(bytes.fromhex(span["spanId"])) == 8
    assert len(bytes.fromhex(span["parentSpanId"])) in {0, 8}
    began, ended = span["startTimeUnixNano"], span["endTimeUnixNano"]
    assert isinstance(began, str)
    return Collected(
        span["name"],
        span["kind"],
        span["traceId"],
        span["spanId"],
        span["parentSpanId"],
        int(ended) - int(began),
        span["status"]["code"] == 2,
        _attributes(span["attributes"]),
        service,
    )


def _attributes(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        ((kind, value),) = pair["value"].items()
        found[pair["key"]] = int(value) if kind == "intValue" else value
    return found
