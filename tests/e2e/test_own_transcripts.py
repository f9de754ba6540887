"""Plays our own transcripts of identity providers over a socket, and looks at what came of them."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from domain.vocabulary import IdentityProvider
from scim_facade.protocol.dialect import SENTENCES, Deviation
from tests.e2e import transcript as transcripts
from tests.e2e.agreement import assert_agrees
from tests.e2e.player import Player
from tests.e2e.transcript import Step, Transcript
from tests.e2e.wire import Wire, person
from tests.support.house import House

NAMES = transcripts.names()
TEMPLATE = re.compile(r"\\\{\w+\\\}")
EVENTS = "SELECT action, request_id FROM audit_events WHERE organization_id = $1 ORDER BY position"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.mark.parametrize("name", NAMES)
def test_a_provider_is_told_what_it_relies_on_and_that_becomes_true(
    house: House, name: str
) -> None:
    # given the organization of an administrator who chose the provider, and a neighbour
    transcript = transcripts.read(name)
    acme, neighbour = house.resident(transcript.provider), house.resident(transcript.provider)
    before = neighbour.contents()

    # when the provider does what the transcript says
    player = Player(acme.base, acme.key)
    departures = player.play(transcript)
    player.close()

    # then it gets the answers it relies on
    assert departures == []

    # and the request log has every call, by whom, what came of it, and what was tolerated
    rows = sorted(acme.requests(len(transcript.steps)), key=lambda row: row["received_at"])
    assert len(rows) == len(transcript.steps)
    acme.wait_for_seal()
    events = acme.rows(EVENTS)
    for step, row in zip(transcript.steps, rows, strict=True):
        assert (row["method"], row["status_code"]) == (step.method, step.status), step.name
        assert row["provider"] == caller_of(transcript, step), step.name
        assert row["outcome"] == outcome_of(step), step.name
        assert departures_from(step, row["warnings"]) == [], step.name
        caused = tuple(event["action"] for event in events if event["request_id"] == row["id"])
        assert caused == step.history, step.name

    assert "xqp8Random" not in str([tuple(row) for row in rows]), "a password was logged"

    # and members, groups, history and mail agree, in the tables and over GraphQL
    assert_agrees(acme, transcript.leaves)

    # and nothing of the neighbour has changed
    assert neighbour.contents() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_provider_is_recognized_where_nobody_chose_one(house: House, name: str) -> None:
    transcript = transcripts.read(name)
    acme = house.resident()

    player = Player(acme.base, acme.key)
    player.send(Step(name="look", call="GET /Users", status=200), transcript.headers)
    player.close()

    (row,) = acme.requests(1)
    assert row["provider"] == transcript.recognized_as
    assert (row["path"], row["status_code"]) == (f"/v2/{acme.organization_id}/Users", 200)


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_says_how_sure_it_is(name: str) -> None:
    transcript: Transcript = transcripts.read(name)

    assert len(transcript.confidence.split()) >= 2
    assert transcript.sources
    assert transcript.not_established or "source code" in transcript.confidence
    assert any(step.history for step in transcript.steps)
    assert all(step.answer or step.status == 204 for step in transcript.steps), "a step looks away"


def test_a_group_takes_as_many_operations_as_bulk_promises(house: House) -> None:
    # authentik cuts its changes of a group by what is said of Bulk.
    acme = house.resident(IdentityProvider.AUTHENTIK)
    with httpx.Client(headers={"Authorization": f"Bearer {acme.key}"}, timeout=20) as client:
        wire = Wire(client, acme.base, {})
        most = wire.call("GET", "/ServiceProviderConfig")["bulk"]["maxOperations"]
        ida = wire.call("POST", "/Users", person("ida", "fjord.example"), status=201)["id"]
        group = wire.call("POST", "/Groups", {"displayName": "Crew"}, status=201)["id"]
        add = {"op": "add", "path": "members", "value": [{"value": ida}]}

        wire.patch(f"/Groups/{group}", *[add] * most, status=204)

        assert [member["value"] for member in wire.call("GET", f"/Groups/{group}")["members"]] == [
            ida
        ]


def caller_of(transcript: Transcript, step: Step) -> str | None:
    """Who the log must say called: what the headers tell, else what was chosen; 401 hides that."""
    chosen = None if step.status == 401 else transcript.provider
    return transcript.recognized_as or chosen


def outcome_of(step: Step) -> str:
    """What the request log must say came of a step."""
    if step.status >= 400:
        return "REJECTED"
    return "APPLIED" if step.history else "UNCHANGED"


def departures_from(step: Step, logged: list[str]) -> list[Any]:
    """Warnings that the step does not name, and those it names that were not given."""
    wanted = [sentence(name) for name in step.warnings]
    surplus = [text for text in logged if not any(re.fullmatch(one, text) for one in wanted)]
    lacking = [one for one in wanted if not any(re.fullmatch(one, text) for text in logged)]
    return surplus + lacking


def sentence(name: str) -> str:
    """A pattern for the warning of a deviation, or for a sentence in which ids may stand."""
    if name in set(Deviation):
        return TEMPLATE.sub(".+", re.escape(SENTENCES[Deviation(name)]))
    return re.escape(name).replace("<id>", UUID.pattern)
