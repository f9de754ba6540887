"""Log lines are for machines or people, and never have in them what a request carried."""

import json
import logging
from collections.abc import Iterator

import asyncpg
import pytest
import structlog

from api.logs import set_up_logs
from api.settings import LogFormat, LogLevel
from domain.spans import span, trace_to


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_both_ways_of_logging_make_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogLevel.INFO, LogFormat.JSON)

    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger("rollcall.a").info("happened", number=1)
        logging.getLogger("rollcall.b").warning("%s waits", "the sealer")
        logging.getLogger("rollcall.b").debug("not this")

    written = capsys.readouterr().err
    first, second = (json.loads(line) for line in written.splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "event": "happened",
        "level": "info",
        "logger": "rollcall.a",
        "number": 1,
        "request_id": "r1",
    }
    assert (second["event"], second["level"]) == ("the sealer waits", "warning")


def test_lines_of_a_trace_name_it(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogLevel.INFO, LogFormat.JSON, traced=True)
    trace_to(lambda _: None)

    with span("request") as made:
        logging.getLogger("rollcall.b").warning("within")
    trace_to(None)
    logging.getLogger("rollcall.b").warning("outside")

    within, outside = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert made is not None
    assert (within["trace_id"], within["span_id"]) == (made.trace_id, made.id)
    assert "trace_id" not in outside


def test_database_errors_are_logged_without_the_row_they_quote(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs(LogLevel.INFO, LogFormat.JSON)
    error = asyncpg.UniqueViolationError("Key (email)=(ada@example.com) already exists.")

    try:
        try:
            raise error
        except asyncpg.PostgresError as cause:
            raise RuntimeError("it failed") from cause
    except RuntimeError:
        logging.getLogger("rollcall").exception("a request failed")

    written = capsys.readouterr().err
    line = json.loads(written)
    assert "ada@example.com" not in written
    assert "UniqueViolationError 23505" in line["exception"]
    assert line["exception"].endswith("RuntimeError: it failed")


def test_people_get_lines_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogLevel.WARNING, LogFormat.CONSOLE)

    logging.getLogger("rollcall").info("not this")
    logging.getLogger("rollcall").error("that")

    written = capsys.readouterr().err
    assert "that" in written
    assert len(written.splitlines()) == 1
