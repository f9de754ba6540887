"""Recorded flows of identity providers as data: what each calls, and what it must be told.

A file of `transcripts/` is one flow. Every key is known here, so that a misspelt expectation is an
error and not a check that never runs.

- `provider`: what the administrator chose, null where nothing was; `recognized_as`: what the
  headers alone tell about the caller.
- `confidence`, `sources`, `not_established`: how sure we are that the provider does this.
- a step's `call` is the method and the exact end of the URL. `body` is JSON; `echo` sends back the
  answer before, with these keys changed.
- `answer` maps JSON pointers to what stands there, `headers_answered` names to values; see
  `player.py` for what can be said beside a plain value.
- `keep` names values of the answer for later steps, which write them `${name}`. `${base}` and
  `${key}` are there from the start.
- `history` lists the events a step leaves, `warnings` what the request log says was tolerated:
  names of deviations, or whole sentences.
- `leaves` is what must be there in the end: members with their status, groups with theirs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.vocabulary import IdentityProvider, MemberStatus
from tests.e2e.wire import Came

FOLDER = Path(__file__).parent / "transcripts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call, and what must come of it."""

    name: str
    call: str
    status: int
    headers: dict[str, str | None] = field(default_factory=dict)
    body: Any = None
    echo: dict[str, Any] | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    headers_answered: dict[str, Any] = field(default_factory=dict)
    keep: dict[str, str] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.call.partition(" ")[0]

    @property
    def target(self) -> str:
        """The end of the URL, behind the base URL."""
        return self.call.partition(" ")[2]

    @property
    def operation(self) -> str:
        """The call without its ids and its query, as in `PATCH /Groups/{id}`."""
        path = self.target.partition("?")[0].strip("/").split("/")
        return f"{self.method} /{path[0]}" + ("/{id}" if len(path) > 1 else "")


@dataclass(frozen=True, slots=True)
class Transcript:
    """One flow of one provider."""

    name: str
    title: str
    provider: IdentityProvider | None
    recognized_as: IdentityProvider | None
    confidence: str
    sources: tuple[str, ...]
    not_established: tuple[str, ...]
    headers: dict[str, str]
    steps: tuple[Step, ...]
    leaves: Came

    @property
    def operations(self) -> set[str]:
        """All that is called, without ids and queries."""
        return {step.operation for step in self.steps}


def names() -> list[str]:
    """The flows there are."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name: str) -> Transcript:
    """The flow of that name; TypeError or KeyError where the file says what nobody understands."""
    return parse(name, json.loads((FOLDER / f"{name}.json").read_text()))


def parse(name: str, data: dict[str, Any]) -> Transcript:
    """A flow from its JSON."""
    rest = dict(data)
    steps = tuple(_step(step) for step in rest.pop("steps"))
    left = rest.pop("leaves")
    members = {user: MemberStatus(status).value for user, status in left.pop("members").items()}
    groups = {group: set(people) for group, people in left.pop("groups").items()}
    history = [action for step in steps for action in step.history if _is_about_people(action)]
    made = Transcript(
        name,
        rest.pop("title"),
        _provider(rest.pop("provider")),
        _provider(rest.pop("recognized_as")),
        rest.pop("confidence"),
        tuple(rest.pop("sources")),
        tuple(rest.pop("not_established")),
        rest.pop("headers"),
        steps,
        Came(members, groups, history),
    )
    if rest or left:
        raise TypeError(f"{name}: nobody understands {[*rest, *left]}")
    return made


def _step(data: dict[str, Any]) -> Step:
    given = dict(data)
    for key in ("history", "warnings"):
        given[key] = tuple(given.get(key, ()))
    return Step(**given)


def _is_about_people(action: str) -> bool:
    return not action.startswith("scim_connection.")


def _provider(name: str | None) -> IdentityProvider | None:
    return None if name is None else IdentityProvider(name)
