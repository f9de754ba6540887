"""Flows of identity providers over real HTTP: what they were told is what the tables hold."""

from __future__ import annotations

import httpx
import pytest

from tests.e2e.agreement import assert_agrees
from tests.e2e.flows import FLOWS
from tests.e2e.wire import Wire
from tests.support.house import House


@pytest.mark.parametrize("name", FLOWS)
def test_a_provider_is_told_what_becomes_true(house: House, name: str) -> None:
    # given an organization of its own, and a neighbour
    provider, headers, play = FLOWS[name]
    acme, neighbour = house.resident(provider), house.resident(provider)
    before = neighbour.contents()

    # when the provider does its work
    with httpx.Client(timeout=20) as client:
        headers = {"Authorization": f"Bearer {acme.key}"} | headers
        wire = Wire(client, acme.base, headers)
        came = play(wire)

    # then members, groups, history, mail and request log agree with what it was told
    requests = acme.requests(wire.sent)
    assert_agrees(acme, came)
    assert len(requests) == wire.sent
    assert {request["provider"] for request in requests} == {provider.value}
    assert not [request for request in requests if request["outcome"] == "FAILED"]
    assert all(request["subject_id"] for request in requests if request["outcome"] == "APPLIED")
    assert "Rand0m" not in str(requests)

    # and nothing of the neighbour has changed
    assert neighbour.contents() == before
