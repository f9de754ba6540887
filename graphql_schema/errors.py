"""Refusals: as data in payloads where a caller can act on them, else as coded GraphQL errors."""

from __future__ import annotations

import logging
from math import ceil
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from domain.errors import DomainError, MissingScope
from domain.secrets import masked
from domain.trouble import TEMPORARY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.ids import UUID

logger = logging.getLogger("rollcall.graphql")

UNAUTHENTICATED = "UNAUTHENTICATED"
FORBIDDEN = "FORBIDDEN"
BAD_REQUEST = "BAD_REQUEST"
LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
RATE_LIMITED = "RATE_LIMITED"
INTERNAL = "INTERNAL"

HTTP_STATUS = {
    UNAUTHENTICATED: 401,
    FORBIDDEN: 403,
    BAD_REQUEST: 400,
    LIMIT_EXCEEDED: 400,
    RATE_LIMITED: 429,
    INTERNAL: 500,
}
"""Of a request that was not executed."""


MOST_ERRORS = 100
LONGEST_MESSAGE = 1_000


class ApiError(GraphQLError):
    """A top-level error whose message is for the caller."""

    def __init__(self, code: str, message: str, **found: Any) -> None:
        super().__init__(message, extensions={"code": code}, **found)


def unauthenticated() -> ApiError:
    """The same words whatever is wrong with the token or the session, or whether there is one."""
    message = "Sign in, or send a valid access token: `Authorization: Bearer adm_…`."
    return ApiError(UNAUTHENTICATED, message)


def failed(error: BaseException, correlation_id: UUID) -> ApiError:
    """What the caller hears of a fault in the server, which is logged: nothing but where to ask."""
    if isinstance(error, TEMPORARY):
        # The message of a database error may quote a row; its kind may not.
        logger.warning("operation %s: database trouble: %s", correlation_id, type(error).__name__)
        found = ApiError(INTERNAL, "The database is busy or away; try again shortly.")
    else:
        logger.error(
            "operation failed",
            exc_info=error,
            extra={"correlation_id": str(correlation_id)},
        )
        found = ApiError(INTERNAL, "Something went wrong here; quote the correlationId.")
    found.extensions = {"code": INTERNAL, "correlationId": str(correlation_id)}
    return found


def missing_scope(scope: str, **found: Any) -> ApiError:
    """The operation selects something that needs `scope`, which programs read beside the code."""
    error = ApiError(FORBIDDEN, f"This needs the scope {scope}.", **found)
    error.extensions = {"code": FORBIDDEN, "scope": str(scope)}
    return error


def rate_limited(wait_s: float, rule: str) -> ApiError:
    """Too much in too short a time; `retryAfter` has whole seconds."""
    seconds = max(1, ceil(wait_s))
    error = ApiError(RATE_LIMITED, f"{rule}; try again in {seconds} s.")
    error.extensions = {"code": RATE_LIMITED, "retryAfter": seconds}
    return error


def shown_errors(errors: Sequence[GraphQLError], correlation_id: UUID) -> list[dict[str, Any]]:
    """The errors as the caller sees them; what is not meant for callers is logged and masked.

    So many, and each message so long, that an answer cannot grow by them at will.
    """
    return [_shown(error, correlation_id) for error in errors[:MOST_ERRORS]]


def _shown(error: GraphQLError, correlation_id: UUID) -> dict[str, Any]:
    formatted: dict[str, Any] = dict(error.formatted)
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, DomainError):
        # Of a query's arguments: a cursor of another list, an id of the wrong kind.
        extensions = {"code": BAD_REQUEST}
        if isinstance(cause, MissingScope):
            extensions = {"code": FORBIDDEN, "scope": str(cause.scope)}
        formatted["message"] = cause.message
    elif cause is None or isinstance(cause, GraphQLError):
        extensions = {"code": BAD_REQUEST, **(formatted.get("extensions") or {})}
    elif error.path is None and error.nodes and isinstance(cause, ValueError):
        # A scalar that refused a variable; graphql-core names the variable and the value.
        extensions = {"code": BAD_REQUEST}
    else:
        shown = failed(cause, correlation_id)
        extensions, formatted["message"] = dict(shown.extensions or {}), shown.message
    # graphql-core quotes values, among which a secret may be that was put in the wrong place.
    message = formatted["message"] = masked(formatted["message"])
    if len(message) > LONGEST_MESSAGE:
        formatted["message"] = f"{message[:LONGEST_MESSAGE]}…"
    formatted["extensions"] = extensions
    return formatted
