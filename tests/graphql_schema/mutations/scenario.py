"""What a mutation is asked for, given something, and what then must be so: words for scenarios.

A scenario is a function that brings a `World` about and returns the input of the mutation. The
decorators say what then happens: `changes` what it does, `refuses` how it is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from tests.graphql_schema.mutations.world import World

Given = Callable[[World], Awaitable[dict[str, Any]]]


class Again(Enum):
    """What the same input does a second time."""

    UNCHANGED = auto()
    CHANGES = auto()
    TAKEN = auto()


@dataclass(frozen=True, slots=True)
class Change:
    """A mutation that does something.

    `shows` are fields of the payload's object or of the payload. `rows` says by table how many rows
    came (`+1`), changed (`~1`) and went (`-1`); those of `events` besides. Nothing else may differ.
    """

    mutation: str
    name: str
    given: Given
    shows: Mapping[str, Any]
    rows: Mapping[str, str]
    events: Sequence[str]
    again: Again = Again.UNCHANGED


@dataclass(frozen=True, slots=True)
class Refusal:
    """A mutation that does nothing, and says so: the one error that its payload, or result, has."""

    mutation: str
    name: str
    given: Given
    code: str
    path: tuple[str, ...]
    says: str
    more: Mapping[str, Any] = field(default_factory=dict)


CHANGES: list[Change] = []
REFUSALS: list[Refusal] = []
RESULT_REFUSALS: list[Refusal] = []
"""Of single members, by the bulk mutation that refuses them."""


def changes(
    mutation: str,
    *events: str,
    shows: Mapping[str, Any],
    again: Again = Again.UNCHANGED,
    **rows: str,
) -> Callable[[Given], Given]:
    """Declare what the mutation does."""

    def register(given: Given) -> Given:
        CHANGES.append(Change(mutation, given.__name__, given, shows, rows, events, again))
        return given

    return register


def refuses(
    mutation: str,
    code: str,
    path: str = "",
    *,
    says: str,
    into: list[Refusal] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Callable[[Given], Given]:
    """Declare how the mutation is refused; `path` is without "input", parts parted by dots.

    `more` are further fields of the error.
    """

    def register(given: Given) -> Given:
        parts = tuple(path.split(".")) if path else ()
        refusals = REFUSALS if into is None else into
        refusals.append(Refusal(mutation, given.__name__, given, code, parts, says, more or {}))
        return given

    return register


def with_input(given: Given, name: str, /, **values: Any) -> Given:
    """The same world, asked for with other values; `name` tells it apart."""

    async def changed(world: World) -> dict[str, Any]:
        return await given(world) | values

    changed.__name__ = name
    return changed


def refuses_values(
    mutation: str, given: Given, *rows: tuple[str, dict[str, Any], str, str], code: str = "INVALID"
) -> None:
    """Declare of each row that its values are refused: name, values, path, message."""
    for name, values, path, says in rows:
        refuses(mutation, code, path, says=says)(with_input(given, name, **values))
