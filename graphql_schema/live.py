"""Runs one live subscription for one caller, event by event, whatever carries it.

An event has the limits of an operation: its own view of the data, its own time. In between nothing
is held but a place in memory.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from strawberry.types.execution import PreExecutionError

from domain.queries.tails import DATABASE_TROUBLE
from graphql_schema.context import Context
from graphql_schema.errors import (
    FORBIDDEN,
    LIMIT_EXCEEDED,
    ApiError,
    missing_scope,
    shown_errors,
    unauthenticated,
)
from graphql_schema.operations import run
from graphql_schema.schema import schema

if TYPE_CHECKING:
    from domain.ids import UUID
    from graphql_schema.operations import Operation
    from graphql_schema.presented import Known
    from graphql_schema.services import GraphqlServices

Ask = Callable[[], Awaitable["Known"]]
RESOLVED_AT_ONCE = 8
"""Events that are resolved at once may use half of the pool; requests keep the rest."""
ASK_AGAIN_S = 1.0
NEWS_S = 0.8
"""After news of the organization rights are looked at again: by then nothing older is remembered.

So whoever is revoked, or whose token ends, hears no more within a second.
"""
_WORD = re.compile(r"\bsubscription\b")


class Stream:
    """What the resolver of a subscription and whoever runs it agree on."""

    def __init__(
        self, context: Context, ask: Ask, begun: Callable[[], None], resolving: asyncio.Semaphore
    ) -> None:
        self._context = context
        self._ask = ask
        self._begun = begun
        self._resolving = resolving
        self._limits = context.services.limits
        self._asked_at = monotonic()
        self._holds = False
        self.clock: asyncio.Timeout | None = None

    @property
    def due_s(self) -> float:
        """Seconds until the caller's rights are to be looked at again."""
        return max(0.0, self._asked_at + self._limits.recheck_s - monotonic())

    def hear_news(self) -> None:
        """Something happened in the organization: the caller may have lost the right to it."""
        self._asked_at = min(self._asked_at, monotonic() - self._limits.recheck_s + NEWS_S)

    def stands(self) -> None:
        """It is fixed where the subscription begins: nothing is missed from now on."""
        self._begun()
        if self.clock is not None:
            self.clock.reschedule(None)

    async def check(self) -> None:
        """Raise ApiError if the caller may no longer read this; asks only when that is due."""
        if self.due_s:
            return
        try:
            known = await self._ask()
        except DATABASE_TROUBLE:
            self._asked_at = monotonic() - self._limits.recheck_s + ASK_AGAIN_S
            return
        self._asked_at = monotonic()
        if known.is_nobody:
            raise unauthenticated()
        for scope in sorted(self._context.needed - known.caller.scopes):
            raise missing_scope(scope)
        if known.caller.organization_id != self._context.caller.organization_id:
            # Without a header a person acts in their only organization: that may be another now.
            raise ApiError(FORBIDDEN, "You do not act in this organization any more.")
        self._context.known = known

    async def begin_event(self) -> None:
        """An event comes: it has the time of an operation, and a view of the data of its own."""
        await self._resolving.acquire()
        self._holds = True
        if self.clock is not None:
            self.clock.reschedule(asyncio.get_running_loop().time() + self._limits.operation_s)
        await self._context.renew()

    async def end_event(self) -> None:
        """The event is resolved, or nothing came of it."""
        try:
            await self._context.close()
        finally:
            if self._holds:
                self._holds = False
                self._resolving.release()


class Live:
    """The live subscriptions of a process."""

    def __init__(self, services: GraphqlServices) -> None:
        self._services = services
        self._open: Counter[UUID] = Counter()
        self._resolving = asyncio.Semaphore(RESOLVED_AT_ONCE)

    @property
    def is_closing(self) -> bool:
        """Whether the process stops, so that subscriptions end before their time."""
        return self._services.tails.is_closed

    async def results(
        self, operation: Operation, known: Known, ask: Ask, begun: Callable[[], None]
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The response to each event; one without data is the last.

        `ask` tells who the caller is now, or raises ApiError. `begun` is called when nothing is
        missed any more. Of a query or mutation it is its one response. Raises ApiError.
        """
        if not may_subscribe(operation):
            begun()
            yield (await run(self._services, operation, known)).body
            return
        if known.is_nobody:
            raise unauthenticated()
        with self._place(known.key):
            context = Context(self._services, known)
            stream = context.stream = Stream(context, ask, begun, self._resolving)
            source = await schema.stream(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.name,
            )
            within_s: float | None = self._services.limits.operation_s
            async with aclosing(source):
                while (body := await self._next(source, context, stream, within_s)) is not None:
                    yield body
                    if body.get("data") is None:
                        return
                    within_s = None

    async def _next(
        self,
        source: AsyncGenerator[Any, None],
        context: Context,
        stream: Stream,
        within_s: float | None,
    ) -> dict[str, Any] | None:
        """The response to the next event; the first must begin within the time of an operation."""
        try:
            async with asyncio.timeout(within_s) as stream.clock:
                result = await anext(source, None)
        except TimeoutError:
            seconds = self._services.limits.operation_s
            error = ApiError(LIMIT_EXCEEDED, f"An event took longer than {seconds:g} seconds.")
            return {"errors": shown_errors([error], context.caller.request_id)}
        except GraphQLError as error:  # of a document that was not read
            return {"errors": shown_errors([error], context.caller.request_id)}
        finally:
            await stream.end_event()
        if result is None:
            return None
        body: dict[str, Any] = {}
        if not isinstance(result, PreExecutionError):
            body["data"] = result.data
        if result.errors:
            started = "data" in body
            errors = [_of_source(each) if started else each for each in result.errors]
            body["errors"] = shown_errors(errors, context.caller.request_id)
        return body

    @contextmanager
    def _place(self, key: UUID) -> Iterator[None]:
        most = self._services.limits.subscriptions_per_token
        if self._open[key] >= most:
            raise ApiError(
                LIMIT_EXCEEDED,
                f"A token or session may have at most {most} subscriptions open at once.",
            )
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


def _of_source(error: GraphQLError) -> GraphQLError:
    """Without a path a ValueError is taken for one of the variables, and shown; this may be any."""
    cause = error.original_error
    if error.path is not None or not isinstance(cause, ValueError):
        return error
    failed = RuntimeError("the source of a subscription failed")
    failed.__cause__ = cause
    return GraphQLError(error.message, original_error=failed)


def may_subscribe(operation: Operation) -> bool:
    """Whether the operation may be a subscription; nothing is parsed before it is admitted."""
    return _WORD.search(operation.query) is not None
