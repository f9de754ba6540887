"""Spans are made within one another and sampled as a whole; there are none nobody takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextvars import copy_context
from functools import partial

import pytest

from domain import spans
from domain.spans import (
    Parent,
    Span,
    SpanKind,
    note_span,
    parent_of,
    present_span,
    span,
    trace_to,
    traceparent,
)

TRACE, ABOVE = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def taken() -> Iterator[list[list[Span]]]:
    found: list[list[Span]] = []

    def take(trace: Sequence[Span]) -> None:
        found.append(list(trace))

    trace_to(take)
    yield found
    trace_to(None)


def test_without_a_sink_there_is_no_span() -> None:
    with span("outer") as made:
        assert made is None
        assert present_span() is None
        assert traceparent() == {}


def test_a_trace_is_handed_on_whole_when_its_first_span_ends(taken: list[list[Span]]) -> None:
    with span("outer", SpanKind.SERVER) as outer, span("inner", note=1) as inner:
        assert outer is not None
        assert inner is not None
        assert traceparent() == {"traceparent": f"00-{outer.trace_id}-{inner.id}-01"}
        note_span("statement", SpanKind.CLIENT, lasted_ns=5, has_failed=False, attributes={})
        assert taken == []

    ((statement, second, first),) = taken
    assert (first.parent_id, second.parent_id, statement.parent_id) == (None, first.id, second.id)
    assert {each.trace_id for each in taken[0]} == {first.trace_id}
    assert second.attributes == {"note": 1}
    assert statement.ended_ns - statement.began_ns == 5
    assert first.began_ns <= second.began_ns <= second.ended_ns <= first.ended_ns


def test_an_error_is_told_by_its_kind_alone(taken: list[list[Span]]) -> None:
    with pytest.raises(ValueError, match="ada@"), span("outer"):
        raise ValueError("ada@example.com")

    assert taken[0][0].has_failed
    assert taken[0][0].attributes == {"error.type": "ValueError"}


def test_a_trace_goes_on_that_another_process_began(taken: list[list[Span]]) -> None:
    with span("outer", parent=Parent(TRACE, ABOVE, is_sampled=True)):
        pass

    assert (taken[0][0].trace_id, taken[0][0].parent_id) == (TRACE, ABOVE)


def test_what_nobody_wants_to_know_is_not_kept(taken: list[list[Span]]) -> None:
    with span("outer", parent=Parent(TRACE, ABOVE, is_sampled=False)), span("inner") as inner:
        assert inner is None
        note_span("statement", SpanKind.CLIENT, lasted_ns=5, has_failed=False, attributes={})
    trace_to(lambda trace: taken.append(list(trace)), percent=0)
    with span("outer") as made:
        assert made is None

    assert taken == []


def test_what_somebody_else_wants_to_know_is_kept(taken: list[list[Span]]) -> None:
    trace_to(lambda trace: taken.append(list(trace)), percent=0)

    with span("outer", parent=Parent(TRACE, ABOVE, is_sampled=True)):
        pass

    assert [(trace[0].name, trace[0].trace_id) for trace in taken] == [("outer", TRACE)]


def test_a_short_turn_is_dropped_unless_it_failed(
    taken: list[list[Span]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans, "QUIET_NS", 10**15)
    with span("quiet", drops_quiet=True):
        pass
    with span("failed", drops_quiet=True):
        note_span("statement", SpanKind.CLIENT, lasted_ns=5, has_failed=True, attributes={})

    assert [trace[-1].name for trace in taken] == ["failed"]


def test_what_is_told_late_belongs_to_its_trace(taken: list[list[Span]]) -> None:
    with span("outer") as outer:
        around = copy_context()
    late = partial(
        note_span, "statement", SpanKind.CLIENT, lasted_ns=5, has_failed=False, attributes={}
    )
    around.run(late)

    assert outer is not None
    assert [trace[0].name for trace in taken] == ["outer", "statement"]
    assert taken[1][0].parent_id == outer.id


@pytest.mark.parametrize(
    ("header", "parent"),
    [
        (f"00-{TRACE}-{ABOVE}-01", Parent(TRACE, ABOVE, is_sampled=True)),
        (f"00-{TRACE}-{ABOVE}-00", Parent(TRACE, ABOVE, is_sampled=False)),
        (f"01-{TRACE}-{ABOVE}-03-more", Parent(TRACE, ABOVE, is_sampled=True)),
        (None, None),
        ("", None),
        (f"00-{TRACE}-{ABOVE}-01-more", None),
        (f"ff-{TRACE}-{ABOVE}-01", None),
        (f"00-{'0' * 32}-{ABOVE}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{ABOVE}-01", None),
        (f"00-{TRACE}-{ABOVE}", None),
    ],
)
def test_the_header_of_w3c(header: str | None, parent: Parent | None) -> None:
    assert parent_of(header) == parent
