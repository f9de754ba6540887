"""A provider takes access from a crowd: the guard over real HTTP, the decision over GraphQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.crowds import CROWDS, Crowd, create, deprovision, send
from tests.e2e.wire import Wire, person
from tests.support.admin_api import administrator
from tests.support.database import DatabaseFactory
from tests.support.guard import grow_older
from tests.support.house import House, Resident, await_that, open_house

MAY_GO, CROWD = 8, 12
GUARD = """
query Guard($id: ID!) { organization(by: {id: $id}) { scimConnection { health guard {
  enabled state since held maxMembers maxPercent
  heldItems(first: 10) { nodes { action heldAt member { userName scimId } } }
} } } }
"""
LIMIT = """
mutation Limit($input: UpdateScimConnectionInput!) {
  updateScimConnection(input: $input) { changed errors { code } }
}
"""
WITH_ACCESS = "SELECT id FROM members WHERE organization_id = $1 AND revoked_at IS NULL"


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=20) as made:
        yield made


def begin(house: House, client: httpx.Client, crowd: Crowd) -> tuple[Resident, Wire, list[str]]:
    """An organization of a provider, with people who have been here for a while."""
    acme = house.resident(crowd.provider)
    headers = {"Authorization": f"Bearer {acme.key}"} | crowd.headers
    wire = Wire(client, acme.base, headers)
    admin = administrator(acme)
    few = {"guardMaxMembers": MAY_GO, "guardMaxPercent": 0}
    assert admin.ask(LIMIT, input={"organizationId": admin.organization_id} | few)[
        "updateScimConnection"
    ] == {"changed": True, "errors": []}
    ids = create(wire, CROWD)
    house.blocking.run(grow_older(house.blocking.app, acme.organization_id))
    return acme, wire, ids


def with_access(acme: Resident) -> set[str]:
    return {str(row["id"]) for row in acme.rows(WITH_ACCESS)}


@pytest.mark.parametrize("name", CROWDS)
def test_a_crowd_is_held_and_released(house: House, client: httpx.Client, name: str) -> None:
    # given twelve people, of whom eight may go in an hour
    crowd = CROWDS[name]
    acme, wire, ids = begin(house, client, crowd)
    neighbour = house.resident(crowd.provider)
    before = neighbour.contents()

    # when the provider wants them all gone
    answers = deprovision(wire, crowd, ids)

    # then eight are, and it hears why the others are not
    statuses = [answer.status_code for answer in answers]
    done = 204 if crowd.action == "REMOVE" else 200
    assert statuses == [done] * MAY_GO + [503] * (CROWD - MAY_GO)
    refused = answers[-1]
    assert refused.headers["retry-after"] == "3600"
    assert refused.json()["status"] == "503"
    assert "8 members lost access within an hour" in refused.json()["detail"]
    assert with_access(acme) == set(ids[MAY_GO:])

    # and everything else goes on
    assert wire.call("GET", f"/Users/{ids[-1]}")["active"] is True
    wire.call("POST", "/Users", person("new.comer", "mass.example"), status=201)
    crowd.update(wire, ids[-1])

    # and an administrator sees who is held
    admin = administrator(acme)
    connection = admin.ask(GUARD)["organization"]["scimConnection"]
    guard = connection["guard"]
    assert (guard["enabled"], guard["state"], guard["held"]) == (True, "HOLDING", 4)
    assert (guard["maxMembers"], guard["maxPercent"]) == (MAY_GO, 0)
    nodes = guard["heldItems"]["nodes"]
    assert [node["member"]["scimId"] for node in nodes] == ids[MAY_GO:]
    assert {node["action"] for node in nodes} == {crowd.action}
    acme.requests(wire.sent)
    assert admin.ask(GUARD)["organization"]["scimConnection"]["health"] == "HEALTHY"

    # when the administrator releases them
    released = admin.resolve("RELEASE")
    assert (released["changed"], released["errors"]) == (True, [])
    assert released["scimConnection"]["guard"] == {"state": "WATCHING", "held": 0}

    # then all of them lose access although the provider sends nothing again
    await_that(lambda: not with_access(acme) & set(ids), "what was released is done")
    acme.wait_for_seal()
    history = acme.history()
    what = "member.removed" if crowd.action == "REMOVE" else "member.revoked"
    assert history.count(what) == CROWD
    assert history.count("scim_connection.guard_tripped") == 1
    assert history.count("scim_connection.guard_released") == 1
    assert admin.resolve("RELEASE")["changed"] is False
    assert neighbour.contents() == before

    # and what the provider sends again is no news
    again = crowd.deprovision(wire, ids[-1]) if crowd.action == "REVOKE" else None
    assert again is None or again.status_code == 200
    assert acme.history() == history


@pytest.mark.parametrize("name", ["Entra ID disables", "Okta, catalog"])
def test_a_crowd_is_held_and_refused(house: House, client: httpx.Client, name: str) -> None:
    # given a crowd of which four are held
    crowd = CROWDS[name]
    acme, wire, ids = begin(house, client, crowd)
    deprovision(wire, crowd, ids)

    # when an administrator refuses
    admin = administrator(acme)
    assert admin.resolve("REFUSE")["changed"] is True

    # then the four stay, and are held again when the provider comes again
    assert with_access(acme) == set(ids[MAY_GO:])
    again = deprovision(wire, crowd, ids[MAY_GO:])
    assert [answer.status_code for answer in again] == [503] * 4
    assert with_access(acme) == set(ids[MAY_GO:])
    guard = admin.ask(GUARD)["organization"]["scimConnection"]["guard"]
    assert (guard["state"], guard["held"]) == ("HOLDING", 4)
    acme.wait_for_seal()
    assert acme.history().count("scim_connection.guard_tripped") == 2
    assert acme.history().count("scim_connection.guard_refused") == 1


def test_a_provider_that_changes_its_mind(house: House, client: httpx.Client) -> None:
    crowd = CROWDS["Entra ID disables"]
    acme, wire, ids = begin(house, client, crowd)
    deprovision(wire, crowd, ids)

    wire.patch(f"/Users/{ids[-1]}", {"op": "Replace", "path": "active", "value": "True"})
    administrator(acme).resolve("RELEASE")

    await_that(lambda: len(with_access(acme)) == 1, "the others lost access")
    assert with_access(acme) == {ids[-1]}


def test_without_a_guard_nobody_is_held(
    database_factory: DatabaseFactory, worker_id: str, client: httpx.Client
) -> None:
    database = database_factory.clone(f"e2e_unguarded_{worker_id}")
    with open_house(database, env={"ROLLCALL_DEPROVISION_GUARD": "off"}) as house:
        crowd = CROWDS["Okta, catalog"]
        acme, wire, ids = begin(house, client, crowd)

        statuses = {answer.status_code for answer in deprovision(wire, crowd, ids)}

        assert statuses == {200}
        assert with_access(acme) == set()
        guard: dict[str, Any] = administrator(acme).ask(GUARD)["organization"]["scimConnection"]
        assert guard["guard"]["enabled"] is False
        assert guard["guard"]["held"] == 0
        assert send(wire, "DELETE", f"/Users/{ids[0]}").status_code == 204
