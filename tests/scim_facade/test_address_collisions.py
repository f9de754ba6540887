"""Addresses and names that someone else has, that change hands, and people found in spite of it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.ids import UUID
from tests.scim_facade.address_ways import NAMES, NEW, OLD, SECOND, WAYS, Way, operation
from tests.scim_facade.people import FULL, ada
from tests.support.scim import USER, Served, patch_body


async def refused(acme: Served, id_: str, way: Way, owner: str, attribute: str) -> None:
    """The change is a 409 that names who has the value, and leaves no trace but in the log."""
    before = await acme.everything()

    answer = await acme.request(way[0], f"/Users/{id_}", way[1])

    assert answer.error() == (409, "uniqueness")
    assert owner in answer["detail"]
    assert f"the same {attribute};" in answer["detail"]
    assert await acme.everything() == before
    entry = acme.log[-1]
    assert (entry.outcome, entry.error_code, entry.changed_attributes) == ("REJECTED", "TAKEN", ())


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_an_address_that_someone_else_has(acme: Served, way: Way) -> None:
    id_ = await ada(acme)
    bob = (await acme.user("bob", emails=[{"value": NEW.upper()}])).id

    await refused(acme, id_, way, bob, "email")


@pytest.mark.parametrize("way", NAMES.values(), ids=NAMES)
async def test_a_user_name_that_someone_else_has(acme: Served, way: Way) -> None:
    id_ = (await acme.user(OLD)).id
    bob = (await acme.user(NEW.title(), emails=[{"value": "bob@x.example"}])).id

    await refused(acme, id_, way, bob, "userName")


@pytest.mark.parametrize("way", NAMES.values(), ids=NAMES)
async def test_a_user_name_whose_address_someone_else_has(acme: Served, way: Way) -> None:
    id_ = (await acme.user(OLD)).id
    bob = (await acme.user("bob", emails=[{"value": NEW}])).id

    await refused(acme, id_, way, bob, "email")


@pytest.mark.parametrize(
    "way",
    [
        ("PUT", FULL | {"externalId": "e-2"}),
        ("PATCH", operation("replace", "externalId", "e-2")),
        ("PATCH", operation("add", f"{USER}:externalId", "e-2")),
        ("PATCH", operation("replace", None, {"externalId": "e-2", "title": "T"})),
    ],
)
async def test_an_external_id_that_someone_else_has(acme: Served, way: Way) -> None:
    id_ = await ada(acme)
    bob = (await acme.user("bob@x.example", externalId="e-2")).id

    await refused(acme, id_, way, bob, "externalId")


async def test_a_revoked_member_keeps_the_address_and_a_removed_one_frees_it(acme: Served) -> None:
    id_ = await ada(acme)
    bob = (await acme.user("bob", emails=[{"value": NEW}])).id
    await acme.patch(f"/Users/{bob}", {"op": "replace", "path": "active", "value": False})
    way = WAYS["replace by type"]

    await refused(acme, id_, way, bob, "email")
    await acme.delete(f"/Users/{bob}")

    assert (await acme.request(way[0], f"/Users/{id_}", way[1])).status == 200
    assert await acme.find("/Users", f'emails.value eq "{NEW}"') == [id_]


async def test_a_further_address_is_nobodys_own(acme: Served) -> None:
    id_ = await ada(acme)

    answer = await acme.post(
        "/Users",
        {
            "userName": "bob",
            "emails": [{"value": "bob@x.example", "primary": True}, {"value": SECOND}],
        },
    )

    assert answer.status == 201
    found = await acme.find("/Users", f'emails.value eq "{SECOND}"')
    assert sorted(found) == sorted([id_, answer.id])


async def test_two_people_change_addresses_step_by_step(acme: Served) -> None:
    id_ = await ada(acme)
    bob = (await acme.user("bob", emails=[{"value": NEW, "type": "work"}])).id
    path = 'emails[type eq "work"].value'

    async def move(member_id: str, address: str) -> int:
        change = {"op": "Replace", "path": path, "value": address}
        return (await acme.patch(f"/Users/{member_id}", change)).status

    steps = [
        await move(id_, NEW),
        await move(id_, "between@x.example"),
        await move(bob, OLD),
        await move(id_, NEW),
    ]

    assert steps == [409, 200, 200, 200]
    for member_id, address in ((id_, NEW), (bob, OLD)):
        row = await acme.looks.member(UUID(member_id))
        assert row is not None
        assert row["email"] == address
        assert await acme.find("/Users", f'emails.value eq "{address}"') == [member_id]
        open_ = await acme.looks.rows(
            "SELECT email FROM invitations WHERE organization_id = $1 AND member_id = $2"
            " AND state = 'QUEUED'",
            row["id"],
        )
        assert [each["email"] for each in open_] == [address]


# What Entra ID sends when a person marries: names, address and mailNickname in one request.
RENAMED = patch_body(
    {"op": "Replace", "path": "userName", "value": "ada.king@x.example"},
    {"op": "Replace", "path": "name.familyName", "value": "King"},
    {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "ada.king@x.example"},
    {"op": "Replace", "path": "displayName", "value": "Ada King"},
)


@pytest.mark.parametrize(
    "lookup",
    ['externalId eq "e-1"', "externalId eq e-1", f'{USER}:externalId eq "e-1"'],
)
async def test_who_is_found_by_external_id_may_change_every_name(acme: Served, lookup: str) -> None:
    id_ = await ada(acme)

    assert (await acme.request("PATCH", f"/Users/{id_}", RENAMED)).status == 200

    assert await acme.find("/Users", lookup) == [id_]
    assert await acme.find("/Users", 'userName eq "ada"') == []
    for filter_ in (
        'userName eq "ADA.king@x.example"',
        'emails[type eq "work"].value eq "ada.king@x.example"',
        'emails eq "ada.king@x.example"',
    ):
        assert await acme.find("/Users", filter_) == [id_]
    assert list(acme.log[1].changed_attributes) == [
        "userName",
        "emails",
        "displayName",
        "name.familyName",
    ]


async def test_a_client_that_looks_up_by_external_id_and_insists_on_the_version(
    acme: Served,
) -> None:
    id_ = await ada(acme)
    body: dict[str, Any] = FULL | {"userName": "lady", "emails": [{"value": NEW}]}

    async def found() -> Any:
        answer = await acme.get("/Users?filter=externalId%20eq%20%22e-1%22")
        (resource,) = answer["Resources"]
        return resource

    first = await found()
    stale = first["meta"]["version"]
    changed = await acme.put(f"/Users/{first['id']}", body, if_match=stale)
    again = await acme.put(f"/Users/{first['id']}", FULL, if_match=stale)

    assert (first["id"], changed.status, again.error()) == (id_, 200, (412, None))
    assert (await found())["userName"] == "lady"
    assert (await found())["emails"] == [{"value": NEW}]


async def test_the_external_id_itself_may_change_and_frees_the_old_one(acme: Served) -> None:
    id_ = await ada(acme)

    await acme.patch(f"/Users/{id_}", {"op": "Replace", "path": "externalId", "value": "e-9"})
    other = await acme.user("bob@x.example", externalId="e-1")

    assert await acme.find("/Users", 'externalId eq "e-9"') == [id_]
    assert await acme.find("/Users", 'externalId eq "e-1"') == [other.id]
    assert await acme.find("/Users", 'externalId eq "E-9"') == []
