"""How Rollcall logs: structured lines on standard error, for machines or for people.

What a request carries is never logged here: no header, no filter, no body. Errors of the database
are logged by kind and code, because their text may quote the row, and errors about a value by kind
alone, because theirs quotes the value.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

from api.settings import LogFormat, LogLevel
from domain.spans import present_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from structlog.typing import EventDict, Processor, WrappedLogger

_QUIET = {
    "alembic": logging.WARNING,
    # Its pool tells each try to reconnect at length, beside what fails for the lack of it.
    "asyncpg": logging.ERROR,
    "uvicorn": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "asyncio": logging.WARNING,
    # It tells each request with its address.
    "httpx": logging.WARNING,
}


def set_up_logs(level: LogLevel, form: LogFormat, *, traced: bool = False) -> None:
    """Send what structlog and the standard library log to standard error, in one form.

    `traced` lines tell the trace they are of.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        # What callers are told to quote.
        structlog.stdlib.ExtraAdder(allow=["correlation_id"]),
        _describe_exception,
        *([_name_trace] if traced else []),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _writer(form)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _writer(form: LogFormat) -> Processor:
    if form is LogFormat.JSON:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())


def _describe_exception(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """Replace the exception by where it happened and what it says, as far as that is safe."""
    raised = _exception(event.pop("exc_info", None))
    if raised is not None:
        event["exception"] = "\n".join(_lines(raised))
    return event


def _name_trace(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    span = present_span()
    if span is not None:
        event["trace_id"], event["span_id"] = span.trace_id, span.id
    return event


def _exception(value: Any) -> BaseException | None:
    match value:
        case BaseException():
            return value
        case (_, BaseException() as raised, _):
            return raised
        case True | 1:
            return sys.exc_info()[1]
        case _:
            return None


def _lines(raised: BaseException) -> Sequence[str]:
    """Frames without their local values, then the kind of error; causes first."""
    lines: list[str] = []
    cause = raised.__cause__ or (None if raised.__suppress_context__ else raised.__context__)
    if cause is not None and cause is not raised:
        lines += [*_lines(cause), "led to"]
    lines += [frame.rstrip() for frame in traceback.format_tb(raised.__traceback__)]
    kind = type(raised).__qualname__
    if isinstance(raised, asyncpg.PostgresError):
        lines.append(f"{kind} {raised.sqlstate or ''}".rstrip())
    elif isinstance(raised, ValueError | LookupError):
        lines.append(kind)
    else:
        lines.append(f"{kind}: {raised}")
    return lines
