"""Members of groups in all the forms that providers send, known and unknown."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.ids import new_id
from tests.scim_facade.people import members, people
from tests.support.scim import GROUP, Served

ADDS: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "list": lambda ids: {"path": "members", "value": [{"value": id_} for id_ in ids]},
    "with display": lambda ids: {
        "path": "members",
        "value": [{"value": id_, "display": "D", "$ref": None, "type": "User"} for id_ in ids],
    },
    "pathless": lambda ids: {"value": {"members": [{"value": id_} for id_ in ids]}},
    "wrapped": lambda ids: {
        "path": "members",
        "value": {"members": [{"value": id_} for id_ in ids]},
    },
    "strings": lambda ids: {"path": "members", "value": list(ids)},
    "twice": lambda ids: {"path": "members", "value": [{"value": id_} for id_ in ids * 2]},
    "upper case": lambda ids: {"path": "MEMBERS", "value": [{"VALUE": id_.upper()} for id_ in ids]},
    "in the path": lambda ids: {"path": " or ".join(f'value eq "{id_}"' for id_ in ids)},
    "urn": lambda ids: {"path": f"{GROUP}:members", "value": [{"value": id_} for id_ in ids]},
}


@pytest.mark.parametrize("form", ADDS)
async def test_members_are_added_in_every_form(acme: Served, form: str) -> None:
    old, *new = await people(acme, 3)
    group = await acme.group(old)
    operation = ADDS[form](new)
    if form == "in the path":
        operation = {"path": f"members[{operation['path']}]"}

    added = await acme.patch(f"/Groups/{group.id}", {"op": "Add", **operation})
    again = await acme.patch(f"/Groups/{group.id}", {"op": "add", **operation})

    assert (added.status, added.body, again.status) == (204, b"", 204)
    assert group.headers["etag"] != added.headers["etag"] == again.headers["etag"]
    assert await members(acme, group.id) == {old, *new}
    assert [e.outcome for e in acme.log if e.method == "PATCH"] == ["APPLIED", "UNCHANGED"]


@pytest.mark.parametrize(
    "form", ["in the path", "one by one", "in the value", "wrapped", "one object"]
)
async def test_members_are_removed_in_every_form(acme: Served, form: str) -> None:
    kept, *gone = await people(acme, 3)
    group = await acme.group(kept, *gone)
    listed: list[dict[str, Any]] = [{"value": id_} for id_ in gone]
    operations: list[dict[str, Any]]
    match form:
        case "in the path":
            terms = " or ".join(f'value eq "{id_}"' for id_ in gone)
            operations = [{"path": f"members[{terms}]"}]
        case "one by one":
            operations = [{"path": f'members[value eq "{id_}"]'} for id_ in gone]
        case "in the value":
            operations = [{"path": "members", "value": listed}]
        case "wrapped":
            operations = [{"path": "members", "value": {"members": listed}}]
        case _:
            operations = [{"path": "members", "value": member} for member in listed]

    answer = await acme.patch(f"/Groups/{group.id}", *({"op": "Remove"} | o for o in operations))

    assert answer.status == 204
    assert await members(acme, group.id) == {kept}


@pytest.mark.parametrize(
    ("operation", "empties"),
    [
        ({"op": "remove", "path": "members"}, True),
        ({"op": "remove", "path": "members", "value": None}, True),
        ({"op": "remove", "path": "members", "value": []}, False),
        ({"op": "replace", "path": "members", "value": []}, True),
        ({"op": "replace", "path": "members", "value": None}, True),
        ({"op": "replace", "value": {"members": []}}, True),
        ({"op": "add", "path": "members", "value": []}, False),
    ],
)
async def test_what_empties_a_group_and_what_does_not(
    acme: Served, operation: dict[str, Any], empties: bool
) -> None:
    (one,) = await people(acme, 1)
    group = await acme.group(one)

    answer = await acme.patch(f"/Groups/{group.id}", operation)

    assert answer.status == 204
    assert await members(acme, group.id) == (set() if empties else {one})


async def test_operations_on_members_apply_in_their_order(acme: Served) -> None:
    a, b, c = await people(acme, 3)
    group = await acme.group(a)

    await acme.patch(
        f"/Groups/{group.id}",
        {"op": "add", "path": "members", "value": [{"value": b}]},
        {"op": "replace", "path": "members", "value": [{"value": c}]},
        {"op": "remove", "path": f'members[value eq "{c}"]'},
        {"op": "add", "path": "members", "value": [{"value": a}, {"value": b}]},
        {"op": "remove", "path": "members", "value": [{"value": a}]},
        {"op": "replace", "value": {"id": group.id, "displayName": "Renamed"}},
    )

    assert await members(acme, group.id) == {b}
    assert (await acme.get(f"/Groups/{group.id}"))["displayName"] == "Renamed"


async def test_who_is_unknown_is_left_out_with_a_warning(acme: Served) -> None:
    (one,) = await people(acme, 1)
    nested = await acme.group(name="Nested")
    stranger = str(new_id())
    group = await acme.group()

    answer = await acme.patch(
        f"/Groups/{group.id}",
        {
            "op": "add",
            "path": "members",
            "value": [{"value": v} for v in (one, stranger, nested.id, "no id")],
        },
    )

    assert answer.status == 204
    assert await members(acme, group.id) == {one}
    assert acme.log[-2].warnings == (
        "Left out of the group, as no such member exists: no id.",
        f"Left out of the group, as no such member exists: {stranger}.",
        f"Left out of the group, as groups inside groups are not supported: {nested.id}.",
    )


@pytest.mark.parametrize("kind", ["stranger", "nested", "no id"])
@pytest.mark.parametrize("way", ["post", "put", "patch"])
async def test_strict_refuses_all_of_it(acme: Served, kind: str, way: str) -> None:
    await acme.settings(strict_member_ids=True)
    (one,) = await people(acme, 1)
    group = await acme.group(name="Plain")
    unknown = {"stranger": str(new_id()), "nested": group.id, "no id": "no id"}[kind]
    value = [{"value": one}, {"value": unknown}]
    before = await acme.everything()

    match way:
        case "post":
            answer = await acme.post("/Groups", {"displayName": "New", "members": value})
        case "put":
            answer = await acme.put(
                f"/Groups/{group.id}", {"displayName": "Else", "members": value}
            )
        case _:
            answer = await acme.patch(
                f"/Groups/{group.id}", {"op": "add", "path": "members", "value": value}
            )

    assert answer.error() == (400, "invalidValue")
    assert unknown in answer["detail"]
    assert await acme.everything() == before
