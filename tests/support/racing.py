"""Runs many things at the same time and sorts what came of them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.errors import DomainError

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Results(Generic[Value]):
    """Values of those that succeeded and refusals of those that did not, both in order."""

    done: list[Value]
    refused: list[DomainError]

    def refusals(self) -> list[str]:
        """Names of the refusals, sorted."""
        return sorted(type(error).__name__ for error in self.refused)


async def race(contestants: Sequence[Coroutine[Any, Any, Value]]) -> Results[Value]:
    """All at once. What is raised besides a DomainError is a bug, and is raised here."""
    results = await asyncio.gather(*contestants, return_exceptions=True)
    done: list[Value] = []
    refused: list[DomainError] = []
    for result in results:
        if isinstance(result, DomainError):
            refused.append(result)
        elif isinstance(result, BaseException):
            raise result
        else:
            done.append(result)
    return Results(done, refused)
