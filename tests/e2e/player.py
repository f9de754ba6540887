"""Sends the steps of a transcript as they are written, and says where the answers depart from it.

An expectation is a plain value that must stand there exactly, types included, or an object:
`{"$type": "integer"}`, `{"$absent": true}`, `{"$set": [...]}` (in any order), `{"$not": value}`.
In a JSON pointer `*` stands for every element of a list.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

from tests.e2e.transcript import Step, Transcript

TIMEOUT_S = 20
_NAME = re.compile(r"\$\{(\w+)\}")
_TYPES = {"string": str, "integer": int, "boolean": bool, "list": list, "object": dict}
MISSING = object()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers by lower-case name, and the body's JSON or MISSING."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class Player:
    """Plays flows against one base URL over one connection, as providers do."""

    base: str
    key: str
    known: dict[str, str] = field(default_factory=dict)
    _last: Any = MISSING
    _connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.known = {"base": self.base, "key": self.key}
        address = urlsplit(self.base)
        assert address.hostname is not None
        self._connection = HTTPConnection(address.hostname, address.port, timeout=TIMEOUT_S)

    def play(self, transcript: Transcript) -> list[str]:
        """Where the answers depart from the transcript; it goes on as long as it can."""
        found = []
        for number, step in enumerate(transcript.steps, 1):
            answer = self.send(step, transcript.headers)
            self._last = answer.body
            for name, pointer in step.keep.items():
                self.known[name] = str(at(answer.body, pointer))
            departures = self.judge(step, answer)
            found += [f"{number}. {step.name}: {departure}" for departure in departures]
        return found

    def send(self, step: Step, headers: dict[str, str]) -> Answer:
        """Sends one step, its URL letter by letter."""
        path = urlsplit(self.base).path + _NAME.sub(self._quoted, step.target)
        sent = {name: text for name, text in (headers | step.headers).items() if text is not None}
        body = step.body if step.echo is None else self._last | step.echo
        self._connection.request(
            step.method,
            path,
            None if body is None else self._filled(json.dumps(body)).encode(),
            {name: _NAME.sub(self._plain, text) for name, text in sent.items()},
        )
        answer = self._connection.getresponse()
        content = answer.read()
        return Answer(
            answer.status,
            {name.lower(): text for name, text in answer.getheaders()},
            json.loads(content) if content else MISSING,
        )

    def judge(self, step: Step, answer: Answer) -> list[str]:
        """What of the step's expectations does not hold."""
        if answer.status != step.status:
            return [f"status {answer.status} instead of {step.status}: {answer.body}"]
        found = []
        for pointer, wanted in step.answer.items():
            departure = departs(at(answer.body, pointer), self._known_in(wanted))
            found += [f"{pointer} {departure}"] if departure else []
        for name, wanted in step.headers_answered.items():
            got = answer.headers.get(name.lower(), MISSING)
            departure = departs(got, self._known_in(wanted))
            found += [f"the header {name} {departure}"] if departure else []
        return found

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _known_in(self, wanted: Any) -> Any:
        return json.loads(self._filled(json.dumps(wanted)))

    def _filled(self, text: str) -> str:
        return _NAME.sub(lambda match: json.dumps(self._plain(match))[1:-1], text)

    def _plain(self, match: re.Match[str]) -> str:
        return self.known[match[1]]

    def _quoted(self, match: re.Match[str]) -> str:
        return quote(self._plain(match), safe="")


def at(document: Any, pointer: str) -> Any:
    """What a JSON pointer names, MISSING where there is nothing; a list below a `*`."""
    if not pointer:
        return document
    first, _, rest = pointer[1:].partition("/")
    rest = f"/{rest}" if rest else ""
    if first == "*":
        found = [at(element, rest) for element in document] if isinstance(document, list) else []
        return [one for one in found if one is not MISSING]
    key = first.replace("~1", "/").replace("~0", "~")
    if isinstance(document, dict) and key in document:
        return at(document[key], rest)
    if isinstance(document, list) and key.isdigit() and int(key) < len(document):
        return at(document[int(key)], rest)
    return MISSING


def departs(got: Any, wanted: Any) -> str | None:
    """How a value departs from what is wanted; None where it does not."""
    match wanted:
        case {"$absent": True}:
            return None if got is MISSING else f"is there: {got!r}"
        case _ if got is MISSING:
            return "is missing"
        case {"$type": kind}:
            holds = isinstance(got, _TYPES[kind]) and (kind == "boolean" or not _is_bool(got))
            return None if holds else f"is no {kind}: {got!r}"
        case {"$set": list(elements)}:
            holds = isinstance(got, list) and _sorted(got) == _sorted(elements)
            return None if holds else f"is {got!r}, wanted in any order {elements!r}"
        case {"$not": other}:
            return None if _text(got) != _text(other) else f"is still {got!r}"
        case _:
            return None if _text(got) == _text(wanted) else f"is {got!r}, wanted {wanted!r}"


def _text(value: Any) -> str:
    """As JSON, in which true is not 1."""
    return json.dumps(value, sort_keys=True)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _sorted(elements: list[Any]) -> list[str]:
    return sorted(map(_text, elements))
