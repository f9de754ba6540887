"""What must be there afterwards: for each member and group, the states that are still possible.

A write that was answered leads every possible state to the next. One without an answer may have
happened or not, so it doubles them. What the tables hold in the end has to be one of them, with
exactly the events of the way there: a state without its event, or the other way round, is half a
write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Fact = tuple[str, str]
"""An event: its action, and a word that tells it from others of the same action."""

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Way(Generic[State]):
    """One state that is possible, and the events that led there; None is nothing at all."""

    state: State | None = None
    facts: tuple[Fact, ...] = ()

    def then(self, state: State | None, *facts: Fact) -> Way[State]:
        """One step further."""
        return Way(state, self.facts + facts)


Step = Callable[[Way[State]], Way[State]]


class Contradiction(Exception):
    """The server said what cannot be, after what it said before."""


@dataclass(slots=True)
class Tracked(Generic[State]):
    """One member or group. Only one writer ever writes to it, one write after the other."""

    name: str
    id: str = ""
    ways: frozenset[Way[State]] = frozenset({Way()})
    quiet_until: float = 0.0
    """Until then nobody writes to it: a write without an answer may still be going on."""
    writes: list[str] = field(default_factory=list)

    def answered(self, step: Step[State], what: str) -> None:
        """A write was acknowledged."""
        self.writes.append(f"{what}: acknowledged")
        self.ways = frozenset(map(step, self.ways))

    def unanswered(self, step: Step[State], what: str) -> None:
        """A write may have happened, or not."""
        self.writes.append(f"{what}: no answer")
        self.ways |= frozenset(map(step, self.ways))

    def seen(self, holds: Callable[[State | None], bool], what: str) -> None:
        """A read showed the resource so. Raises Contradiction when that cannot be."""
        self.writes.append(f"{what}: seen")
        ways = frozenset(way for way in self.ways if holds(way.state))
        if not ways:
            raise Contradiction(f"{self.name}: {what}, after {self.story()}")
        self.ways = ways

    @property
    def certain(self) -> State | None:
        """The state where there is only one that can be; of several, any."""
        return next(iter(self.ways)).state

    @property
    def is_open(self) -> bool:
        """Whether several states are possible."""
        return len({way.state for way in self.ways}) > 1

    def story(self) -> str:
        """What was done to it."""
        return "; ".join(self.writes) or "nothing"


@dataclass(frozen=True, slots=True)
class MemberState:
    """What a member must be."""

    title: str | None = None
    stage: str = "INVITED"
    revoked: bool = False
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GroupState:
    """What a group must be, apart from its members, who know their groups."""

    display_name: str
