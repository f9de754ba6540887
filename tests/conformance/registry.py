"""The rules of SCIM by their ids, and the checks that prove them.

`catalogue.txt` has each rule's id, how binding it is, and where it is written. MUST, SHALL and
SHOULD are words of the RFCs, ERR is a verified erratum, XP an expectation of identity providers
that no RFC states, and `note` a line of an RFC that binds nobody.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conformance import rules
from tests.conformance.client import Client

Check = Callable[[Client], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the catalogue."""

    id: str
    level: str
    source: str

    @property
    def binds(self) -> bool:
        """Whether an RFC demands it."""
        return self.level not in {"XP", "MAY", "note"}

    @property
    def family(self) -> str:
        """What its id begins with."""
        return self.id.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its check; `note` says where and why this server departs from the text."""

    entry: Entry
    check: Check
    says: str
    note: str


def read_catalogue() -> dict[str, Entry]:
    """The catalogue in its order."""
    lines = (Path(__file__).parent / "catalogue.txt").read_text().splitlines()
    columns = ((line[:9].strip(), line[9:20].strip(), line[20:].strip()) for line in lines)
    return {id_: Entry(id_, level, source) for id_, level, source in columns}


CATALOGUE = read_catalogue()
_CHECKS: dict[str, Rule] = {}


def rule(id_: str, note: str = "") -> Callable[[Check], Check]:
    """Register a check under the id of its rule; the first line of its docstring says the rule."""

    def register(check: Check) -> Check:
        assert id_ not in _CHECKS, f"{id_} has two checks"
        says = (inspect.getdoc(check) or "").partition("\n\n")[0].replace("\n", " ")
        assert says, f"{id_} does not say what it demands"
        _CHECKS[id_] = Rule(CATALOGUE[id_], check, says, note)
        return check

    return register


def all_rules() -> list[Rule]:
    """Every rule that has a check, in the order of the catalogue."""
    for module in pkgutil.iter_modules(rules.__path__):
        importlib.import_module(f"{rules.__name__}.{module.name}")
    return [_CHECKS[id_] for id_ in CATALOGUE if id_ in _CHECKS]
