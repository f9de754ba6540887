"""The checker itself: it sees what is lost, what is half, and what came twice."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from tests.soak import steps
from tests.soak.found import Found
from tests.soak.ledger import MemberState, Tracked
from tests.soak.verdict import Evidence, Fault, judge
from tests.soak.wire import Record

INVITED = ("member.invited", "")
ROW = {"id": "i1", "member_id": "m1", "email": "ada@soak.example", "attempts": 1}
SENT = ROW | {"state": "SENT", "last_error": None}


def ada() -> Tracked[MemberState]:
    member: Tracked[MemberState] = Tracked("ada", "m1")
    member.answered(steps.created, "create")
    return member


def found(state: MemberState | None, *facts: tuple[str, str], **given: Any) -> Found:
    there = {} if state is None else {"ada": state}
    empty = Found(
        there, {}, {"ada": "m1"}, {"m1": facts}, {"m1": "ada"}, [SENT], [], frozenset(), []
    )
    return replace(empty, **given)


def wrong(member: Tracked[MemberState], there: Found, **given: Any) -> list[str]:
    letters = given.pop("letters", {"i1": [1.0]})
    record = given.pop("record", Record())
    return judge(Evidence(members=[member], letters=letters, **given), there, record)


def test_what_was_acknowledged_and_is_there_is_fine() -> None:
    assert wrong(ada(), found(MemberState(), INVITED)) == []


def test_an_acknowledged_write_that_is_missing_is_found() -> None:
    member = ada()
    member.answered(steps.titled("Weaver"), "title")

    (line,) = wrong(member, found(MemberState(), INVITED))

    assert "member ada (m1) is not what it must be" in line
    assert "create: acknowledged; title: acknowledged" in line


def test_a_write_without_its_event_is_found_and_an_event_without_its_write() -> None:
    member = ada()
    member.answered(steps.titled("Weaver"), "title")
    titled, event = MemberState(title="Weaver"), ("member.updated", "Weaver")

    assert wrong(member, found(titled, INVITED, event)) == []
    assert "other events" in wrong(member, found(titled, INVITED))[0]
    assert "other events" in wrong(member, found(titled, INVITED, event, event))[0]


def test_a_write_without_an_answer_may_be_there_or_not_but_never_half() -> None:
    member = ada()
    member.unanswered(steps.revoked, "active False")
    revoked, event = MemberState(revoked=True), ("member.revoked", "")

    assert wrong(member, found(MemberState(), INVITED)) == []
    assert wrong(member, found(revoked, INVITED, event)) == []
    assert wrong(member, found(revoked, INVITED)) != []
    assert wrong(member, found(MemberState(), INVITED, event)) != []


def test_a_read_settles_what_was_open() -> None:
    member = ada()
    member.unanswered(steps.revoked, "active False")
    member.seen(lambda state: state is not None and state.revoked, "shown")

    assert wrong(member, found(MemberState(), INVITED)) != []


def test_a_mail_that_never_came_or_came_twice_is_found() -> None:
    there = found(MemberState(), INVITED)

    assert "never arrived" in wrong(ada(), there, letters={})[0]
    twice = {"i1": [10.0, 20.0]}
    lines = wrong(ada(), there, letters=twice)
    assert any("2 times by 1 attempts" in line for line in lines)
    assert any("without any fault" in line for line in lines)
    tried = found(MemberState(), INVITED, invitations=[SENT | {"attempts": 2}])
    assert wrong(ada(), tried, letters=twice, faults=[Fault("worker", 12.0)]) == []


def test_an_entry_of_the_request_log_may_be_missing_only_around_a_kill() -> None:
    record = Record()
    record.logged["r1"] = time.time()
    there = found(MemberState(), INVITED)

    assert "1 answered requests" in wrong(ada(), there, record=record)[0]
    killed = [Fault("worker", time.time())]
    assert wrong(ada(), there, record=record, faults=killed) == []
    restarted = [Fault("database", time.time())]
    assert wrong(ada(), there, record=record, faults=restarted) != []


def test_a_member_whom_nobody_made_is_found() -> None:
    there = found(MemberState(), INVITED, members={"ada": MemberState(), "eve": MemberState()})

    assert wrong(ada(), there) == ["member eve was made by nobody"]
    assert wrong(ada(), there, bystanders=frozenset({"eve"})) == []
