"""Log lines are for machines or people, and never have in them what a request carried."""

import json
import logging
import re
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


def test_a_line_has_what_callers_are_told_to_quote_and_no_other_extra(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs(LogLevel.INFO, LogFormat.JSON)

    extra = {"correlation_id": "c1", "email": "ada@example.com"}
    logging.getLogger("rollcall.b").error("it failed", extra=extra)

    line = json.loads(capsys.readouterr().err)
    assert line.pop("correlation_id") == "c1"
    assert set(line) == {"event", "level", "logger", "timestamp"}


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


async def test_errors_about_a_value_are_logged_without_it(
    capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    set_up_logs(LogLevel.INFO, LogFormat.JSON)
    given = "ada@" + "example.com"  # no line of the source has it, which a stack shows

    async def ask_with_a_text_for_a_number() -> None:
        connection = await asyncpg.connect(database_url)
        try:
            await connection.fetch("SELECT $1::int", given)
        finally:
            await connection.close()

    async def read_a_number() -> None:
        int(given)

    async def look_up() -> None:
        dict[str, str]()[given]

    for doing in (ask_with_a_text_for_a_number, read_a_number, look_up):
        with pytest.raises(Exception, match=re.escape(given)) as raised:
            await doing()
        logging.getLogger("rollcall").error("a request failed", exc_info=raised.value)

    written = capsys.readouterr().err
    assert given not in written
    ends = [json.loads(line)["exception"].splitlines()[-1] for line in written.splitlines()]
    assert ends == ["DataError 22000", "ValueError", "KeyError"]


def test_people_get_lines_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(LogLevel.WARNING, LogFormat.CONSOLE)

    logging.getLogger("rollcall").info("not this")
    logging.getLogger("rollcall").error("that")

    written = capsys.readouterr().err
    assert "that" in written
    assert len(written.splitlines()) == 1
