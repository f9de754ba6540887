"""Spans of traces: what was done, within what, and for how long; nothing while nobody takes them.

A trace is kept until its first span of this process ends, and then handed on in one piece. What a
span says of itself must be safe to show to whoever runs the server: names of ours, ids, codes;
never what a caller sent.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from random import SystemRandom
from time import time_ns

QUIET_NS = 10_000_000
"""A turn of background work that is shorter, and went well, found nothing to do."""
_DRAW = SystemRandom()
# https://www.w3.org/TR/trace-context: a version that is newer may have more behind the flags.
_PARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?"
)

Value = str | int | bool


class SpanKind(Enum):
    """Where a span stands, by the numbers of OTLP."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4


@dataclass(slots=True)
class Span:
    """One thing that was done; ids are hexadecimal, moments in nanoseconds since 1970."""

    name: str
    kind: SpanKind
    trace_id: str
    id: str
    parent_id: str | None
    began_ns: int
    ended_ns: int = 0
    has_failed: bool = False
    attributes: dict[str, Value] = field(default_factory=dict)
    trace: Trace | None = field(default=None, repr=False)


@dataclass(slots=True)
class Trace:
    """The spans of a trace that have ended, and what became of them."""

    spans: list[Span] = field(default_factory=list)
    is_handed_on: bool = False
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class Parent:
    """Whom a request named as what it is part of, or, not sampled, that nobody wants to know."""

    trace_id: str
    span_id: str
    is_sampled: bool


Sink = Callable[[Sequence[Span]], None]


@dataclass(frozen=True, slots=True)
class _Tracer:
    sink: Sink
    percent: float


_tracer: _Tracer | None = None
# False where the trace at hand is not kept.
_present: ContextVar[Span | bool | None] = ContextVar("span", default=None)


def trace_to(sink: Sink | None, *, percent: float = 100) -> None:
    """From here on hand spans to `sink`, of so many in a hundred traces; None ends it."""
    global _tracer  # noqa: PLW0603 one for the process, as logs have
    _tracer = None if sink is None else _Tracer(sink, percent)


def present_span() -> Span | None:
    """The span that the task at hand is in."""
    found = _present.get()
    return found if isinstance(found, Span) else None


def parent_of(header: str | None) -> Parent | None:
    """What a `traceparent` header says; None where it says nothing that can be understood."""
    found = _PARENT.fullmatch(header) if header else None
    if found is None or ((header or "").startswith("00-") and len(header or "") != 55):
        return None
    return Parent(found[1], found[2], bool(int(found[3], 16) & 1))


def traceparent() -> dict[str, str]:
    """The header by which a request of ours tells what it is part of; empty outside a trace."""
    span = present_span()
    return {} if span is None else {"traceparent": f"00-{span.trace_id}-{span.id}-01"}


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    *,
    parent: Parent | None = None,
    drops_quiet: bool = False,
    **attributes: Value,
) -> Iterator[Span | None]:
    """Do what follows within a span of that name; None where nobody will see it.

    `parent` is of another process. `drops_quiet` forgets a trace that was short and went well.
    """
    around = _present.get()
    tracer = _tracer
    if tracer is None or around is False:
        yield None
        return
    began = time_ns()
    if isinstance(around, Span):
        made = Span(name, kind, around.trace_id, secrets.token_hex(8), around.id, began)
        made.trace = around.trace
    elif parent.is_sampled if parent else _DRAW.uniform(0, 100) < tracer.percent:
        trace_id, above = (parent.trace_id, parent.span_id) if parent else (None, None)
        trace_id = trace_id or secrets.token_hex(16)
        made = Span(name, kind, trace_id, secrets.token_hex(8), above, began, trace=Trace())
    else:
        token = _present.set(False)
        try:
            yield None
        finally:
            _present.reset(token)
        return
    made.attributes.update(attributes)
    token = _present.set(made)
    try:
        yield made
    except BaseException as error:
        made.has_failed = True
        made.attributes["error.type"] = type(error).__name__
        raise
    finally:
        _present.reset(token)
        made.ended_ns = time_ns()
        _end(made, tracer, is_first=not isinstance(around, Span), drops_quiet=drops_quiet)


def note_span(
    name: str, kind: SpanKind, *, lasted_ns: int, has_failed: bool, attributes: dict[str, Value]
) -> None:
    """Add a span that has just ended to the trace at hand, if there is one."""
    around = present_span()
    if around is None or _tracer is None:
        return
    now = time_ns()
    made = Span(name, kind, around.trace_id, secrets.token_hex(8), around.id, now - lasted_ns, now)
    made.has_failed = has_failed
    made.attributes = attributes
    made.trace = around.trace
    _end(made, _tracer, is_first=False, drops_quiet=False)


def _end(made: Span, tracer: _Tracer, *, is_first: bool, drops_quiet: bool) -> None:
    trace = made.trace
    if trace is None or trace.is_dropped:
        return
    if trace.is_handed_on:  # the driver tells of a statement a moment after it has ended
        tracer.sink([made])
        return
    trace.spans.append(made)
    if not is_first:
        return
    went_well = not any(each.has_failed for each in trace.spans)
    if drops_quiet and went_well and made.ended_ns - made.began_ns < QUIET_NS:
        trace.is_dropped = True
    else:
        trace.is_handed_on = True
        tracer.sink(trace.spans)
