"""Compares what was acknowledged with what is there, and names each thing that is lost or half."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests.soak.ledger import GroupState, MemberState, Tracked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.soak.found import Found
    from tests.soak.wire import Record

LOG_LAG_S = 1.0
"""The request log is written every 0.2 s; a killed process may lose what it took since."""
READ_LAG_S = 1.0
"""A client that is busy reads an answer some time after the server that gave it is gone."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What the disturber did, and when (Unix time); `lasted_s` until all worked again."""

    kind: str
    at: float
    lasted_s: float = 0.0

    @property
    def kills_server(self) -> bool:
        """Whether a server process lost what it had in memory."""
        return self.kind != "database"


@dataclass(slots=True)
class Evidence:
    """What was done, by whom, and what the outside world got of it."""

    members: list[Tracked[MemberState]] = field(default_factory=list)
    groups: list[Tracked[GroupState]] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    bystanders: frozenset[str] = frozenset()
    """userNames of members whom nobody wrote to."""
    faults: list[Fault] = field(default_factory=list)
    letters: Mapping[str, list[float]] = field(default_factory=dict)
    """When (Unix time) mails arrived, by the id of the row they were sent from."""


def judge(evidence: Evidence, found: Found, record: Record) -> list[str]:
    """Everything that is wrong, a line each; empty when nothing is."""
    return [
        *found.complaints,
        *evidence.contradictions,
        *_members(evidence, found),
        *_groups(evidence, found),
        *_mails(evidence, found),
        *_request_log(evidence, found, record),
    ]


def _members(evidence: Evidence, found: Found) -> list[str]:
    wrong = []
    for member in evidence.members:
        id_ = member.id or found.ids.get(member.name, "")
        there = (found.members.get(member.name), found.facts.get(id_, ()))
        wrong += _compare("member", member, there)
    known = {member.name for member in evidence.members} | evidence.bystanders
    wrong += [f"member {name} was made by nobody" for name in found.members.keys() - known]
    return wrong


def _groups(evidence: Evidence, found: Found) -> list[str]:
    wrong = []
    known = set()
    for group in evidence.groups:
        id_ = group.id or found.ids.get(group.name, "")
        known.add(id_)
        wrong += _compare("group", group, (found.groups.get(id_), found.facts.get(id_, ())))
    wrong += [f"group {id_} was made by nobody" for id_ in found.groups.keys() - known]
    return wrong


def _compare(kind: str, tracked: Tracked[Any], there: tuple[Any, Any]) -> list[str]:
    possible = {(way.state, way.facts) for way in tracked.ways}
    if there in possible:
        return []
    states = {state for state, _ in possible}
    how = "is not what it must be" if there[0] not in states else "has other events than it must"
    expected = " or ".join(f"{state} by {facts}" for state, facts in list(possible)[:4])
    told = (
        f"{kind} {tracked.name} ({tracked.id}) {how}:\n"
        f"  there is  {there[0]} by {there[1]}\n"
        f"  must be   {expected}\n"
        f"  writes    {tracked.story()}"
    )
    return [told]


def _mails(evidence: Evidence, found: Found) -> list[str]:
    """Each is sent, once per attempt; a second time only around a fault."""
    wrong = []
    of_member: dict[str, int] = defaultdict(int)
    for row in found.invitations:
        of_member[str(row["member_id"])] += 1
        wrong += _mail("invitation", row, evidence)
        if row["state"] in ("QUEUED", "FAILED", "BOUNCED"):
            wrong.append(f"invitation {row['id']} was not sent: {row['last_error']}")
    for row in found.notices:
        wrong += _mail("notice", row, evidence)
        if row["waits"] or row["state"] in ("FAILED", "BOUNCED"):
            wrong.append(f"notice {row['id']} was not sent: {row['last_error']}")
    # A removed member's invitations are gone from the tables.
    if not any(("member.removed", "") in facts for facts in found.facts.values()):
        known = {str(row["id"]) for row in [*found.invitations, *found.notices]}
        strays = evidence.letters.keys() - known
        wrong += [f"a mail arrived of row {stray}, which there is not" for stray in strays]
    for member in evidence.members:
        id_ = member.id or found.ids.get(member.name, "")
        if member.name in found.members:
            wrong += _amount(member.name, found.facts.get(id_, ()), of_member[id_])
    return wrong


def _mail(kind: str, row: Any, evidence: Evidence) -> list[str]:
    wrong = []
    letters = evidence.letters.get(str(row["id"]), [])
    name = f"{kind} {row['id']} to {row['email']} ({row['state']})"
    if row["state"] == "SENT" and not letters:
        wrong.append(f"{name} counts as sent and never arrived")
    if len(letters) > row["attempts"]:
        wrong.append(f"{name} arrived {len(letters)} times by {row['attempts']} attempts")
    for one, two in pairwise(letters):
        around = (
            fault
            for fault in evidence.faults
            if one - 1 <= fault.at + fault.lasted_s and fault.at <= two
        )
        if not any(around):
            wrong.append(f"{name} arrived twice, {two - one:.1f} s apart, without any fault")
    return wrong


def _amount(name: str, facts: Iterable[tuple[str, str]], there: int) -> list[str]:
    """Each event that invites has made one invitation."""
    actions = [action for action, _ in facts]
    inviting = actions.count("member.invited") + actions.count("member.reinvited")
    if "member.accepted" not in actions:  # restored to the state of an invited member
        inviting += actions.count("member.restored")
    return [] if inviting == there else [f"{name} has {there} invitations for {inviting} events"]


def _request_log(evidence: Evidence, found: Found, record: Record) -> list[str]:
    """Answered requests are in the log, but for the last moment of a process that was killed."""
    missing = {id_: at for id_, at in record.logged.items() if id_ not in found.logged}
    windows = list(_forgivable(evidence.faults))
    lost = {id_: at for id_, at in missing.items() if not any(a <= at <= b for a, b in windows)}
    if not lost:
        return []
    moments = ", ".join(f"{at:.2f}" for at in sorted(lost.values())[:10])
    kills = ", ".join(
        f"{fault.kind} {fault.at:.2f}+{fault.lasted_s:.2f}" for fault in evidence.faults
    )
    return [f"{len(lost)} answered requests are not in the log, of {moments}; faults: {kills}"]


def _forgivable(faults: list[Fault]) -> Iterable[tuple[float, float]]:
    """Times whose entries a killed process may have taken along."""
    for fault in faults:
        if not fault.kills_server:
            continue
        # While the database is away entries wait in memory, and go with the process.
        away = [
            other.at
            for other in faults
            if other.kind == "database" and other.at <= fault.at <= other.at + other.lasted_s + 3
        ]
        yield min([fault.at, *away]) - LOG_LAG_S, fault.at + fault.lasted_s + READ_LAG_S
