"""Runs coroutines from plain functions, which is what hypothesis calls."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from domain.application import Application
from tests.support import factories
from tests.support.network import LocalLoop

Value = TypeVar("Value")


class Blocking:
    """An application on an event loop of its own; `run` waits for what is asked of it."""

    def __init__(self, runner: asyncio.Runner, app: Application) -> None:
        self._runner = runner
        self.app = app

    def run(self, work: Coroutine[Any, Any, Value]) -> Value:
        """The coroutine's result."""
        return self._runner.run(work)


@contextmanager
def blocking(url: str) -> Iterator[Blocking]:
    """A `Blocking` on the database at `url`, closed at the end."""
    with asyncio.Runner(loop_factory=LocalLoop) as runner:
        app = runner.run(factories.application(url, size=4))
        try:
            yield Blocking(runner, app)
        finally:
            runner.run(app.pool.close())
