"""Runs one operation for one caller and says what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from domain.secrets import masked
from domain.trouble import RETRY_AFTER_S, TEMPORARY
from graphql_schema.context import Context
from graphql_schema.errors import (
    BAD_REQUEST,
    HTTP_STATUS,
    INTERNAL,
    LIMIT_EXCEEDED,
    RATE_LIMITED,
    ApiError,
    shown_errors,
)
from graphql_schema.schema import schema
from graphql_schema.trusted import expect_trusted, text_of

UNAVAILABLE = 503

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.caller import Caller
    from graphql_schema.cookies import SessionCookie
    from graphql_schema.presented import Known
    from graphql_schema.services import GraphqlServices


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks for."""

    query: str
    variables: dict[str, Any] | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The response body, the HTTP status where the client takes statuses for GraphQL, a cookie."""

    body: dict[str, Any]
    status: int = 200
    set_cookie: str | None = None

    @property
    def retry_after_s(self) -> int | None:
        """When to come again, where the operation was refused for now."""
        if self.status == UNAVAILABLE:
            return RETRY_AFTER_S
        for error in self.body.get("errors", ()):
            if error["extensions"]["code"] == RATE_LIMITED:
                seconds: int = error["extensions"]["retryAfter"]
                return seconds
        return None


def read_operation(body: Any, documents: Mapping[str, str]) -> Operation:
    """The operation in a JSON request body, by its text or one of `documents`. Raises ApiError."""
    if not isinstance(body, dict):
        raise ApiError(
            BAD_REQUEST, "Send one operation as a JSON object; batches are not supported."
        )
    query, variables, name, extensions = (
        body.get(key) for key in ("query", "variables", "operationName", "extensions")
    )
    if extensions is not None and not isinstance(extensions, dict):
        raise ApiError(BAD_REQUEST, "`extensions` must be an object.")
    if extensions:
        query = text_of(query, extensions, documents)
    if not isinstance(query, str) or not query.strip():
        raise ApiError(BAD_REQUEST, "`query` must be a GraphQL document.")
    if variables is not None and not isinstance(variables, dict):
        raise ApiError(BAD_REQUEST, "`variables` must be an object.")
    if name is not None and not isinstance(name, str):
        raise ApiError(BAD_REQUEST, "`operationName` must be a string.")
    return Operation(query, variables, name or None)


def expect_operation(services: GraphqlServices, caller: Caller, body: Any) -> Operation:
    """The operation in a request body, if it is one that the caller may run. Raises ApiError."""
    operation = read_operation(body, services.documents)
    if services.documents_only(caller):
        expect_trusted(operation.query, services.documents)
    return operation


def refused(error: GraphQLError) -> Answer:
    """The answer to a request of which nothing was executed."""
    extensions = dict(error.extensions or {})
    extensions.setdefault("code", BAD_REQUEST)
    shown = {**error.formatted, "message": masked(error.message), "extensions": extensions}
    body = {"errors": [shown]}
    return Answer(body, HTTP_STATUS[extensions["code"]])


async def run(
    services: GraphqlServices,
    operation: Operation,
    known: Known,
    cookies: SessionCookie | None = None,
) -> Answer:
    """Execute the operation; whatever goes wrong inside is in the answer.

    `cookies` says that the answer can carry one.
    """
    context = Context(services, known, cookies)
    caller = known.caller
    seconds = services.limits.operation_s
    try:
        async with asyncio.timeout(seconds):
            result = await schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.name,
                allowed_operation_types=(OperationType.QUERY, OperationType.MUTATION),
            )
    except TimeoutError:
        too_long = f"The operation took longer than {seconds:g} seconds."
        if context.has_commanded:
            return _for_now(
                f"{too_long} What it was to change may have changed: look, or send it again."
            )
        if context.cost is not None and not context.only_reads:
            # It waited for the database, which is nothing that its sender could do better.
            return _for_now(f"{too_long} It has changed nothing: send it again.")
        return refused(ApiError(LIMIT_EXCEEDED, too_long))
    except CannotGetOperationTypeError as error:
        return refused(ApiError(BAD_REQUEST, error.as_http_error_reason()))
    except InvalidOperationTypeError:
        return refused(
            ApiError(BAD_REQUEST, "Accept text/event-stream to subscribe, or open a websocket.")
        )
    finally:
        await context.close()

    body: dict[str, Any] = {}
    status = 200
    if result.errors:
        body["errors"] = shown_errors(result.errors, caller.request_id)
    if isinstance(result, PreExecutionError) or (result.data is None and _before(result.errors)):
        code = body["errors"][0]["extensions"]["code"]
        status = HTTP_STATUS.get(code, 400)
    else:
        body["data"] = result.data
        if _database_is_away(result.errors) and not any((result.data or {}).values()):
            status = UNAVAILABLE
    if context.cost is not None:
        body["extensions"] = {
            "cost": {
                "requested": context.cost,
                "limit": services.limits.cost,
                "remaining": services.admission.left(caller),
            }
        }
    return Answer(body, status, context.set_cookie)


def _for_now(message: str) -> Answer:
    """The answer to a change that was cut short."""
    return replace(refused(ApiError(INTERNAL, message)), status=UNAVAILABLE)


def _database_is_away(errors: list[GraphQLError] | None) -> bool:
    return any(isinstance(error.original_error, TEMPORARY) for error in errors or ())


def _before(errors: list[GraphQLError] | None) -> bool:
    """Whether the errors are of variables, which are read before anything is executed."""
    return bool(errors) and all(error.path is None for error in errors or ())
