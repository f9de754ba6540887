"""The deprovision guard over the admin API: what is held, the decision, its settings."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import RemoveMember
from domain.errors import DeprovisionHeld
from domain.ids import UUID
from domain.vocabulary import Scope
from graphql_schema.app import graphql_app
from graphql_schema.scalars import instant_text
from tests.support.factories import SYSTEM, Looks
from tests.support.graphql import Api, api, services
from tests.support.guard import watched

GUARD = "guard { enabled state since held maxMembers maxPercent }"
NODES = "nodes { action memberLabel heldAt member { scimId } }"


async def holding(app: Application, caller: Api, count: int = 3) -> list[UUID]:
    """Members whose removal is held, the first one's revocation."""
    guarded = await watched(app, max_members=0, organization_id=caller.organization_id)
    people = await guarded.people(count)
    with pytest.raises(DeprovisionHeld):
        await guarded.revoke(people[0])
    for id_ in people[1:]:
        with pytest.raises(DeprovisionHeld):
            await guarded.remove(id_)
    return people


async def guard(caller: Api, selection: str = GUARD, **variables: Any) -> Any:
    found = await caller.ask_here(f"scimConnection {{ {selection} }}", **variables)
    return found["scimConnection"]["guard"]


async def test_a_guard_that_never_held_anything(caller: Api) -> None:
    await caller.change("enableScim", "", organizationId=caller.org)

    found = await guard(caller, f"{GUARD[:-1]} heldItems {{ nodes {{ action }} }} }}")

    assert found == {
        "enabled": True,
        "state": "WATCHING",
        "since": None,
        "held": 0,
        "maxMembers": 50,
        "maxPercent": 10,
        "heldItems": {"nodes": []},
    }


async def test_what_is_held_can_be_seen_page_by_page(app: Application, caller: Api) -> None:
    # given three held calls, one of a member whom somebody removed since
    people = await holding(app, caller)
    looks = Looks(app.pool, caller.organization_id)
    row = await looks.member(people[2])
    assert row is not None
    await app.execute(RemoveMember(caller.organization_id, people[2]), SYSTEM)

    # when they are read two by two
    items = f"heldItems(first: 2, after: $after) {{ {NODES} pageInfo {{ endCursor hasNextPage }} }}"
    selection = f"guard {{ state since held {items} }}"
    first = await guard(caller, selection, after=None)
    after = first["heldItems"]["pageInfo"]["endCursor"]
    second = await guard(caller, selection, after=after)

    # then each is there once, oldest first
    assert (first["state"], first["held"]) == ("HOLDING", 3)
    (since,) = await looks.rows("SELECT * FROM deprovision_guards WHERE organization_id = $1")
    assert first["since"] == instant_text(since["since"])
    assert first["heldItems"]["pageInfo"]["hasNextPage"] is True
    nodes = first["heldItems"]["nodes"] + second["heldItems"]["nodes"]
    assert [node["action"] for node in nodes] == ["REVOKE", "REMOVE", "REMOVE"]
    assert [node["member"] and node["member"]["scimId"] for node in nodes] == [
        str(people[0]),
        str(people[1]),
        None,
    ]
    assert nodes[2]["memberLabel"] == row["email"]
    assert second["heldItems"]["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(("resolution", "released"), [("RELEASE", 3), ("REFUSE", 0)])
async def test_a_decision_answers_at_once_and_once(
    app: Application, caller: Api, resolution: str, released: int
) -> None:
    await holding(app, caller)
    selection = f"scimConnection {{ guard {{ state held since heldItems {{ {NODES} }} }} }}"
    given = {"organizationId": caller.org, "resolution": resolution}

    done = await caller.change("resolveDeprovisionGuard", selection, **given)
    again = await caller.change("resolveDeprovisionGuard", selection, **given)

    quiet = {"state": "WATCHING", "held": 0, "since": None, "heldItems": {"nodes": []}}
    assert done == {"changed": True, "errors": [], "scimConnection": {"guard": quiet}}
    assert again == done | {"changed": False}
    looks = Looks(app.pool, caller.organization_id)
    rows = await looks.rows("SELECT 1 FROM held_deprovisionings WHERE organization_id = $1")
    assert len(rows) == released


async def test_another_organizations_guard_is_not_found(app: Application, caller: Api) -> None:
    other = await caller.elsewhere()
    people = await holding(app, other)

    refused = await caller.change(
        "resolveDeprovisionGuard", "", organizationId=other.org, resolution="RELEASE"
    )

    assert [(e["code"], e["path"]) for e in refused["errors"]] == [
        ("NOT_FOUND", ["input", "organizationId"])
    ]
    assert (await guard(other))["held"] == len(people)


async def test_where_scim_was_never_on(caller: Api) -> None:
    refused = await caller.change(
        "resolveDeprovisionGuard", "", organizationId=caller.org, resolution="REFUSE"
    )

    assert [e["code"] for e in refused["errors"]] == ["SCIM_DISABLED"]


async def test_names_of_members_need_the_scope_to_read_members(
    app: Application, caller: Api
) -> None:
    await holding(app, caller)
    limited = await caller.with_scopes(Scope.ORGANIZATION_READ, Scope.PROVISIONING_READ)
    query = (
        "query ($org: ID!) { organization(by: {id: $org}) { scimConnection { guard {"
        " heldItems { nodes { %s } } } } } }"
    )

    assert await limited.codes(query % "action heldAt", org=caller.org) == []
    for field in ("memberLabel", "member { id }"):
        assert await limited.codes(query % field, org=caller.org) == ["FORBIDDEN"]


async def test_a_deployment_without_guard_says_so(app: Application) -> None:
    caller = await api(app, asgi=graphql_app(services(app, deprovision_guard=False)))
    await caller.change("enableScim", "", organizationId=caller.org)

    assert (await guard(caller))["enabled"] is False


SELECTION = (
    "scimConnection { provider settings { onProvision rehire omittedGroupMembers patchResponse"
    " strictMemberIds contentType } guard { enabled maxMembers maxPercent } }"
)
OWN: list[tuple[str, Any, list[str]]] = [
    ("onProvision", "STAGE", ["settings", "onProvision"]),
    ("rehire", "RESTORE", ["settings", "rehire"]),
    ("omittedGroupMembers", "KEEP", ["settings", "omittedGroupMembers"]),
    ("patchResponse", "BODY", ["settings", "patchResponse"]),
    ("strictMemberIds", True, ["settings", "strictMemberIds"]),
    ("contentType", "application/json", ["settings", "contentType"]),
    ("guardEnabled", False, ["guard", "enabled"]),
    ("guardMaxMembers", 0, ["guard", "maxMembers"]),
    ("guardMaxPercent", 100, ["guard", "maxPercent"]),
]


@pytest.mark.parametrize(("name", "value", "path"), OWN, ids=[row[0] for row in OWN])
async def test_a_switch_is_set_alone_and_null_gives_it_back(
    caller: Api, name: str, value: Any, path: list[str]
) -> None:
    async def update(**given: Any) -> Any:
        return await caller.change(
            "updateScimConnection", SELECTION, organizationId=caller.org, **given
        )

    await caller.change("enableScim", "", organizationId=caller.org)
    preset = (await update(provider="KEYCLOAK"))["scimConnection"]

    own = await update(**{name: value})
    kept = await update()
    back = await update(**{name: None})
    again = await update(**{name: None})

    group, field = path
    assert preset[group][field] != value
    expected = preset | {group: preset[group] | {field: value}}
    assert (own["changed"], own["scimConnection"]) == (True, expected)
    assert (kept["changed"], kept["scimConnection"]) == (False, expected)
    assert (back["changed"], back["scimConnection"]) == (True, preset)
    assert again["changed"] is False


async def test_no_provider_is_the_neutral_defaults(caller: Api) -> None:
    await caller.change("enableScim", "", organizationId=caller.org)
    given = {"organizationId": caller.org}
    await caller.change("updateScimConnection", "", provider="KEYCLOAK", **given)

    none = await caller.change("updateScimConnection", SELECTION, provider=None, **given)

    assert none["scimConnection"]["provider"] is None
    assert none["scimConnection"]["settings"]["omittedGroupMembers"] == "KEEP"


@pytest.mark.parametrize(
    ("given", "path"),
    [({"guardMaxMembers": -1}, "guardMaxMembers"), ({"guardMaxPercent": 101}, "guardMaxPercent")],
)
async def test_wrong_figures_are_refused(caller: Api, given: dict[str, Any], path: str) -> None:
    await caller.change("enableScim", "", organizationId=caller.org)

    refused = await caller.change(
        "updateScimConnection", "scimConnection { id }", organizationId=caller.org, **given
    )

    assert [(e["code"], e["path"]) for e in refused["errors"]] == [("INVALID", ["input", path])]
