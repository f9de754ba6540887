"""Every switch of a connection does what it says over HTTP, and is given back to the preset."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.ids import new_id
from domain.vocabulary import (
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    Rehire,
)
from tests.support.factories import unique
from tests.support.scim import Served

TITLE = {"op": "add", "path": "title", "value": "Dr"}
RENAME = {"op": "replace", "path": "displayName", "value": "Renamed"}


async def status_of_a_new_user(acme: Served) -> Any:
    return (await acme.standing((await acme.user()).id))["status"]


async def rehiring(acme: Served) -> Any:
    name = f"{unique('back')}@x.example"
    user = await acme.user(name)
    await acme.patch(f"/Users/{user.id}", {"op": "replace", "path": "active", "value": False})
    again = await acme.post("/Users", {"userName": name})
    return again.status, again.json.get("id") == user.id


async def members_after_a_replacement_without(acme: Served) -> Any:
    group = await acme.group((await acme.user()).id)
    answer = await acme.put(f"/Groups/{group.id}", {"displayName": group["displayName"]})
    return len(answer["members"])


async def answers_of_patches(acme: Served) -> Any:
    user, group = await acme.user(), await acme.group()
    answers = [
        await acme.patch(f"/Users/{user.id}", TITLE),
        await acme.patch(f"/Groups/{group.id}", RENAME | {"value": unique("name")}),
    ]
    assert [answer.status == 204 for answer in answers] == [not answer.body for answer in answers]
    return [answer.status for answer in answers]


async def an_unknown_member(acme: Served) -> Any:
    group = await acme.group()
    add = {"op": "add", "path": "members", "value": [{"value": str(new_id())}]}
    return (await acme.patch(f"/Groups/{group.id}", add)).status


async def content_type(acme: Served) -> Any:
    user = await acme.user()
    return (await acme.get(f"/Users/{user.id}")).headers["content-type"]


Probe = Callable[[Served], Awaitable[Any]]
SWITCHES: list[tuple[Probe, str, Any, dict[Any, Any]]] = [
    (
        status_of_a_new_user,
        "on_provision",
        "INVITED",
        {OnProvision.STAGE: "STAGED", OnProvision.INVITE: "INVITED"},
    ),
    (
        rehiring,
        "rehire",
        (409, False),
        {Rehire.RESTORE: (201, True), Rehire.CONFLICT: (409, False)},
    ),
    (
        members_after_a_replacement_without,
        "omitted_group_members",
        1,
        {OmittedGroupMembers.CLEAR: 0, OmittedGroupMembers.KEEP: 1},
    ),
    (
        answers_of_patches,
        "patch_response",
        [200, 204],
        {
            PatchResponse.BODY: [200, 200],
            PatchResponse.NO_CONTENT: [204, 204],
            PatchResponse.AUTOMATIC: [200, 204],
        },
    ),
    (an_unknown_member, "strict_member_ids", 204, {True: 400, False: 204}),
    (
        content_type,
        "content_type",
        "application/scim+json",
        {
            "application/json": "application/json",
            "application/scim+json": "application/scim+json",
        },
    ),
]


@pytest.mark.parametrize(
    ("probe", "switch", "default", "values"), SWITCHES, ids=[row[1] for row in SWITCHES]
)
async def test_a_switch_does_what_it_says_and_can_be_given_back(
    acme: Served, probe: Probe, switch: str, default: Any, values: dict[Any, Any]
) -> None:
    assert await probe(acme) == default
    for value, outcome in values.items():
        await acme.settings(**{switch: value})
        assert await probe(acme) == outcome

        await acme.settings(**{switch: None})
        assert await probe(acme) == default


@pytest.mark.parametrize(
    ("provider", "probe", "switch", "came"),
    [
        (
            IdentityProvider.KEYCLOAK,
            members_after_a_replacement_without,
            {"omitted_group_members": OmittedGroupMembers.KEEP},
            [0, 1, 0, 1],
        ),
        (
            IdentityProvider.ONELOGIN,
            content_type,
            {"content_type": "application/scim+json"},
            [
                "application/json",
                "application/scim+json",
                "application/json",
                "application/scim+json",
            ],
        ),
    ],
)
async def test_a_switch_goes_back_to_the_preset_of_the_provider(
    acme: Served,
    provider: IdentityProvider,
    probe: Probe,
    switch: dict[str, Any],
    came: list[Any],
) -> None:
    given: list[dict[str, Any]] = [
        {"provider": provider},
        switch,
        dict.fromkeys(switch),
        {"provider": None},
    ]
    for settings, outcome in zip(given, came, strict=True):
        await acme.settings(**settings)
        assert await probe(acme) == outcome


async def test_another_provider_forgets_the_switches_but_not_the_guard(acme: Served) -> None:
    await acme.settings(provider=IdentityProvider.KEYCLOAK, on_provision=OnProvision.STAGE)
    await acme.settings(guard_max_members=7, guard_enabled=False)

    await acme.settings(provider=IdentityProvider.OKTA)

    assert await status_of_a_new_user(acme) == "INVITED"
    assert await members_after_a_replacement_without(acme) == 1
    (row,) = await acme.looks.rows("SELECT * FROM scim_connections WHERE organization_id = $1")
    assert (row["guard_enabled"], row["guard_max_members"]) == (False, 7)


@pytest.mark.parametrize("agent", ["OneLogin SCIM", "Keycloak", "Okta SCIM Client 1.0.0"])
async def test_a_detected_provider_changes_nothing(acme: Served, agent: str) -> None:
    user = await acme.user()
    group = await acme.group(user.id)
    name = group["displayName"]

    read = await acme.get(f"/Users/{user.id}", user_agent=agent)
    put = await acme.put(f"/Groups/{group.id}", {"displayName": name}, user_agent=agent)

    assert read.headers["content-type"] == "application/scim+json"
    assert len(put["members"]) == 1
    assert acme.log[-1].provider is not None
