"""The deprovision guard as providers meet it: 503, when to come again, and what goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.clock import utc_now
from domain.commands import ResolveDeprovisionGuard
from domain.ids import UUID
from domain.queries.reader import Reader
from domain.queries.scim_connections import connections_of
from domain.store.request_log import RequestLogWriter
from domain.vocabulary import GuardResolution, ProvisioningOutcome
from scim_facade.app import scim_app
from tests.support import factories
from tests.support.guard import grow_older
from tests.support.scim import Served, World, patch_body

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
HELD = "SELECT member_id, action FROM held_deprovisionings WHERE organization_id = $1 ORDER BY id"
OFF = {"op": "replace", "path": "active", "value": False}


@pytest.fixture
async def guarded(world: World) -> Served:
    """An organization of which two may go in an hour."""
    organization = await world.organization()
    await organization.settings(guard_max_members=2, guard_max_percent=0)
    return organization


async def people(organization: Served, count: int) -> list[str]:
    """Ids of users who have been here for a while."""
    made = [(await organization.user()).id for _ in range(count)]
    await grow_older(organization.world.app, organization.organization_id)
    return made


async def held(organization: Served) -> dict[str, str]:
    return {str(row["member_id"]): row["action"] for row in await organization.looks.rows(HELD)}


async def deprovision(organization: Served, way: str, id_: str) -> Any:
    match way:
        case "patch":
            return await organization.patch(f"/Users/{id_}", OFF)
        case "put":
            body = (await organization.get(f"/Users/{id_}")).json
            return await organization.put(
                f"/Users/{id_}", body | {"active": False, "title": "Gone"}
            )
        case _:
            return await organization.delete(f"/Users/{id_}")


@pytest.mark.parametrize("way", ["patch", "put", "delete"])
async def test_beyond_the_limit_it_is_503_and_says_why(guarded: Served, way: str) -> None:
    ids = await people(guarded, 4)
    for id_ in ids[:2]:
        assert (await deprovision(guarded, way, id_)).status in {200, 204}
    before = await guarded.looks.member(UUID(ids[2]))

    answer = await deprovision(guarded, way, ids[2])

    assert answer.error() == (503, None)
    assert answer.headers["retry-after"] == "3600"
    assert "2 members lost access within an hour" in answer["detail"]
    assert "`rollcall scim guard`" in answer["detail"]
    assert await guarded.looks.member(UUID(ids[2])) == before
    assert await held(guarded) == {ids[2]: "REMOVE" if way == "delete" else "REVOKE"}
    entry = guarded.log[-1]
    assert (entry.status_code, entry.outcome) == (503, ProvisioningOutcome.FAILED)
    assert entry.detail == answer["detail"]
    assert str(entry.subject_id) == ids[2]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_operations_in_bulk_are_held_one_by_one(guarded: Served, method: str) -> None:
    ids = await people(guarded, 4)
    data = {"data": patch_body(OFF)} if method == "PATCH" else {}
    operations = [{"method": method, "path": f"/Users/{id_}", **data} for id_ in ids]

    answer = await guarded.post("/Bulk", {"schemas": [BULK], "Operations": operations})

    done, action = ("200", "REVOKE") if method == "PATCH" else ("204", "REMOVE")
    results = answer["Operations"]
    assert [result["status"] for result in results] == [done, done, "503", "503"]
    assert "2 members lost access" in results[2]["response"]["detail"]
    assert await held(guarded) == dict.fromkeys(ids[2:], action)


async def test_reads_creates_updates_and_groups_go_on(guarded: Served) -> None:
    ids = await people(guarded, 4)
    for id_ in ids[:3]:
        await guarded.delete(f"/Users/{id_}")
    path = f"/Users/{ids[2]}"

    assert (await guarded.get(path))["active"] is True
    assert (await guarded.patch(path, {"op": "add", "path": "title", "value": "Dr"})).status == 200
    new = await guarded.user()
    group = await guarded.group(ids[2], new.id)
    gone = {"op": "remove", "path": f'members[value eq "{ids[2]}"]'}
    assert (await guarded.patch(f"/Groups/{group.id}", gone)).status == 204
    assert (await guarded.delete(f"/Groups/{group.id}")).status == 204

    # and so does what made the guard wait, of somebody who has just come
    assert (await guarded.delete(f"/Users/{new.id}")).status == 204
    assert await held(guarded) == {ids[2]: "REMOVE"}


@pytest.mark.parametrize("way", ["patch", "put", "pathless", "string"])
async def test_active_again_takes_it_off_the_list(guarded: Served, way: str) -> None:
    ids = await people(guarded, 3)
    for id_ in ids:
        await guarded.patch(f"/Users/{id_}", OFF)
    assert await held(guarded) == {ids[2]: "REVOKE"}
    path = f"/Users/{ids[2]}"
    body = (await guarded.get(path)).json
    sparse = {"schemas": body["schemas"], "userName": body["userName"]}

    # What says nothing of `active` leaves it there.
    assert (await guarded.put(path, sparse)).status == 200
    await guarded.patch(path, {"op": "replace", "path": "displayName", "value": "X"})
    assert await held(guarded) == {ids[2]: "REVOKE"}

    match way:
        case "put":
            answer = await guarded.put(path, body)
        case "pathless":
            answer = await guarded.patch(path, {"op": "replace", "value": {"active": True}})
        case "string":
            on = {"op": "Replace", "path": "active", "value": "True"}
            answer = await guarded.patch(path, on)
        case _:
            answer = await guarded.patch(path, {"op": "replace", "path": "active", "value": True})

    assert (answer.status, answer["active"]) == (200, True)
    assert await held(guarded) == {}


async def test_switched_off_for_the_connection_or_the_deployment(
    guarded: Served, world: World
) -> None:
    ids = await people(guarded, 8)
    await guarded.settings(guard_enabled=False)
    for id_ in ids[:4]:
        assert (await guarded.delete(f"/Users/{id_}")).status == 204

    await guarded.settings(guard_enabled=True)
    world.scim = scim_app(replace(world.services, deprovision_guard=False))
    try:
        for id_ in ids[4:]:
            assert (await guarded.patch(f"/Users/{id_}", OFF)).status == 200
    finally:
        world.forget()

    assert await held(guarded) == {}
    assert (
        await guarded.looks.rows("SELECT 1 FROM deprovision_guards WHERE organization_id = $1")
        == []
    )


async def test_the_defaults_let_fifty_go(world: World) -> None:
    organization = await world.organization()
    ids = [str(id_) for id_ in await factories.members(world.app, organization.organization_id, 52)]
    await grow_older(world.app, organization.organization_id)

    answers = [(await organization.patch(f"/Users/{id_}", OFF)).status for id_ in ids]

    assert answers == [200] * 50 + [503] * 2
    assert list(await held(organization)) == ids[50:]


async def test_who_was_held_can_be_held_again_after_a_refusal(guarded: Served) -> None:
    ids = await people(guarded, 3)
    for id_ in ids:
        await guarded.delete(f"/Users/{id_}")
    refuse = ResolveDeprovisionGuard(guarded.organization_id, GuardResolution.REFUSE)
    await guarded.world.app.execute(refuse, factories.SYSTEM)

    assert (await guarded.get(f"/Users/{ids[2]}")).status == 200
    assert (await guarded.delete(f"/Users/{ids[2]}")).status == 503
    assert await held(guarded) == {ids[2]: "REMOVE"}


async def test_if_match_is_asked_first(guarded: Served) -> None:
    ids = await people(guarded, 3)
    for id_ in ids[:2]:
        await guarded.delete(f"/Users/{id_}")

    answer = await guarded.delete(f"/Users/{ids[2]}", if_match='W/"99"')

    assert answer.error() == (412, None)
    assert await held(guarded) == {}


async def test_a_held_call_is_no_sign_of_a_failing_connection(guarded: Served) -> None:
    ids = await people(guarded, 3)
    for id_ in ids:
        await guarded.delete(f"/Users/{id_}")
    assert guarded.log[-1].error_code == "DEPROVISION_HELD"
    app = guarded.world.app
    log = RequestLogWriter(app.pool)
    for entry in guarded.log:
        log.record(entry)
    await log.close()

    found = await connections_of(Reader(app.pool), [guarded.organization_id])

    row = found[guarded.organization_id]
    assert (row.health(utc_now()).name, row.last_error_at) == ("HEALTHY", None)
