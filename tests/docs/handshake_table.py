"""The table of docs/handshake.md, read: what it says that each mutation asks for and leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.docs.pages import DOCS

PAGE = DOCS / "handshake.md"
GONE = "gone"
_STATES = re.compile(r"(?P<before>any|[A-Z]+) → (?P<after>gone|the status before|[A-Z]+)\b")
_WHO_HAD_ACCEPTED = frozenset({"ACCEPTED", "CONFIRMED"})


@dataclass(frozen=True, slots=True)
class Row:
    """One mutation, as the page tells of it."""

    mutation: str
    states: str
    who: str
    history: frozenset[str]
    mail: str

    def after(self, status: str, stage: str) -> str | None:
        """What a member of that status, who had come to that stage, then is; None: is refused.

        The status itself where nothing changes.
        """
        if self.states.startswith("the same status"):
            return status
        found = _STATES.match(self.states)
        assert found is not None, self.states
        if found["before"] not in {"any", status}:
            return None
        return stage if found["after"] == "the status before" else found["after"]

    def mails(self, status: str, stage: str) -> set[str]:
        """Which mails are queued for such a member, where something changes."""
        kind, _, only = self.mail.partition(", ")
        match kind, only:
            case "–", _:
                return set()
            case "confirmed", "not with a REWRAP":
                return {"CONFIRMED"}
            case "invitation", "":
                return {"INVITATION"}
            case "invitation", "to who is then INVITED":
                return {"INVITATION"} if stage == "INVITED" else set()
            case "invitation", "to another address":
                return {"INVITATION"} if status == "INVITED" else set()
            case "access ended", "to who had accepted":
                # Who was revoked before has been told then.
                return {"ACCESS_REVOKED"} if status in _WHO_HAD_ACCEPTED else set()
            case _:
                raise AssertionError(f"{self.mutation}: what is {self.mail!r}?")


def rows() -> list[Row]:
    """The table's rows; one that is the same for many has the states of the row above."""
    text = PAGE.read_text("utf-8").partition("## Every change")[2]
    found: list[Row] = []
    for line in text.splitlines():
        if line.startswith("| `"):
            name, states, who, history, mail = (cell.strip() for cell in line.strip("|").split("|"))
            if states.startswith("the same, "):
                states = found[-1].states
            actions = frozenset(re.findall(r"`([a-z_.]+)`", history))
            found.append(Row(name.strip("`"), states, who, actions, mail))
    return found


ROWS = {row.mutation: row for row in rows()}
