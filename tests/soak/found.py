"""What the tables hold afterwards, read by plain SQL that shares nothing with the product."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import asyncpg
import orjson

from tests.soak.ledger import Fact, GroupState, MemberState
from tests.soak.steps import JOINED, LEFT

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = {"member.updated": "profile.title", "group.updated": "displayName"}
"""Which attribute tells one event from another of the same action."""
_MAILS = """
SELECT *, state = 'QUEUED' AND due_at <= now() AS waits FROM {} WHERE organization_id = $1
"""
_OF_MANY = "group.members_changed"


@dataclass(frozen=True, slots=True)
class Found:
    """One organization as it is."""

    members: dict[str, MemberState]
    """By userName."""
    groups: dict[str, GroupState]
    """By id."""
    ids: dict[str, str]
    """Ids of all that ever was, by the label of its first event."""
    facts: dict[str, tuple[Fact, ...]]
    """By the id of the member or group, in their order."""
    labels: dict[str, str]
    """Labels of all that ever was, by id."""
    invitations: list[Any]
    notices: list[Any]
    """Mails of other kinds."""
    logged: frozenset[str]
    """Ids of requests in the request log."""
    complaints: list[str]
    """What contradicts itself, whatever was written."""


async def look(url: str, organization_id: str) -> Found:
    """All that the tables hold of the organization, at one instant."""
    connection = await asyncpg.connect(url, timeout=20)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _look(connection, organization_id)
    finally:
        await connection.close()


async def _look(connection: asyncpg.Connection, organization_id: str) -> Found:
    async def rows(sql: str) -> list[Any]:
        found: list[Any] = await connection.fetch(sql, organization_id)
        return found

    members = await rows("SELECT * FROM members WHERE organization_id = $1")
    groups = await rows("SELECT * FROM groups WHERE organization_id = $1")
    pairs = await rows("SELECT * FROM group_members WHERE organization_id = $1")
    changes = await rows(
        "SELECT * FROM group_changes WHERE organization_id = $1 ORDER BY sequence, group_id"
    )
    events = await rows("SELECT * FROM audit_events WHERE organization_id = $1 ORDER BY sequence")
    invitations = await rows(_MAILS.format("invitations"))
    notices = await rows(_MAILS.format("mails"))
    logged = await rows("SELECT id FROM provisioning_requests WHERE organization_id = $1")
    (organization,) = await rows("SELECT * FROM organizations WHERE id = $1")
    groups_of: dict[Any, set[str]] = defaultdict(set)
    for row in pairs:
        groups_of[row["member_id"]].add(str(row["group_id"]))
    ids: dict[str, str] = {}
    labels: dict[str, str] = {}
    for event in events:
        ids.setdefault(event["subject_label"], str(event["subject_id"]))
        labels.setdefault(str(event["subject_id"]), event["subject_label"])
    taken = sum(row["revoked_at"] is None and row["stage"] != "STAGED" for row in members)
    complaints = [*_of_pairs(pairs, changes), *_of_events(events, changes)]
    counted = organization["seats_occupied"]
    if counted not in (None, taken):
        complaints.append(f"{counted} seats are counted, {taken} are taken")
    return Found(
        members={row["user_name"]: _member(row, groups_of[row["id"]]) for row in members},
        groups={str(row["id"]): GroupState(row["display_name"]) for row in groups},
        ids=ids,
        facts=_facts(events, changes),
        labels=labels,
        invitations=invitations,
        notices=notices,
        logged=frozenset(str(row["id"]) for row in logged),
        complaints=complaints,
    )


def _member(row: Any, groups: set[str]) -> MemberState:
    profile = orjson.loads(row["profile"] or b"{}")
    return MemberState(
        title=profile.get("title"),
        stage=row["stage"],
        revoked=row["revoked_at"] is not None,
        groups=frozenset(groups),
    )


def _facts(events: Iterable[Any], changes: Iterable[Any]) -> dict[str, tuple[Fact, ...]]:
    """What happened to each member and each group, from both histories together."""
    kept: list[tuple[int, int, str, Fact]] = []
    for event in events:
        if event["action"] == _OF_MANY:
            continue
        word = ""
        wanted = _WORDS.get(event["action"])
        for change in orjson.loads(event["changes"]):
            if change["attribute"] == wanted:
                word = change["after"]
        kept.append((event["sequence"], 0, str(event["subject_id"]), (event["action"], word)))
    for place, change in enumerate(changes, 1):
        fact = (JOINED if change["added"] else LEFT, str(change["group_id"]))
        kept.append((change["sequence"], place, str(change["member_id"]), fact))
    facts: dict[str, list[Fact]] = defaultdict(list)
    for _, _, subject, fact in sorted(kept):
        facts[subject].append(fact)
    return {subject: tuple(found) for subject, found in facts.items()}


def _of_pairs(pairs: Iterable[Any], changes: Iterable[Any]) -> list[str]:
    """The history of memberships, played from the start, must end where the tables are."""
    complaints = []
    played: set[tuple[Any, Any]] = set()
    for change in changes:
        pair = (change["group_id"], change["member_id"])
        if (pair in played) is change["added"]:
            complaints.append(f"membership {pair} was added or removed twice in a row")
        (played.add if change["added"] else played.discard)(pair)
    there = {(row["group_id"], row["member_id"]) for row in pairs}
    complaints += [f"membership {pair} is in the history only" for pair in played - there]
    complaints += [f"membership {pair} is in no history" for pair in there - played]
    return complaints


def _of_events(events: Iterable[Any], changes: Iterable[Any]) -> list[str]:
    """Every event is sealed, without gaps, in time; every membership change has its event."""
    complaints = []
    by_position = sorted((e for e in events if e["position"] is not None), key=_position)
    unsealed = [event["id"] for event in events if event["position"] is None]
    if unsealed:
        complaints.append(f"{len(unsealed)} events are not sealed")
    if [event["position"] for event in by_position] != list(range(1, len(by_position) + 1)):
        complaints.append("positions of the history have gaps")
    for one, two in pairwise(by_position):
        if two["occurred_at"] < one["occurred_at"]:
            complaints.append(f"time runs backwards at position {two['position']}")
    sequences = {event["sequence"] for event in events}
    strays = {change["sequence"] for change in changes} - sequences
    complaints += [f"membership changes {stray} have no event" for stray in sorted(strays)]
    return complaints


def _position(event: Any) -> int:
    position: int = event["position"]
    return position
