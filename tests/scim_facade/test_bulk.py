"""/Bulk: each operation as a request of its own, references between them, and limits."""

from typing import Any

import pytest

from domain.ids import UUID
from domain.vocabulary import ScimOperation
from tests.scim_facade.people import members
from tests.support.scim import ENTERPRISE, USER, Served

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


def post(path: str, bulk_id: str, **data: Any) -> dict[str, Any]:
    """A POST operation."""
    return {"method": "POST", "path": path, "bulkId": bulk_id, "data": data}


async def run(acme: Served, *operations: Any, **given: Any) -> list[dict[str, Any]]:
    """The results of a bulk request that was processed."""
    body = {"schemas": [BULK], "Operations": list(operations)} | given
    answer = await acme.post("/Bulk", body)
    assert answer.status == 200, answer.body
    assert answer.json["schemas"] == [RESPONSE]
    results: list[dict[str, Any]] = answer.json["Operations"]
    return results


def statuses(results: list[dict[str, Any]]) -> list[str]:
    """The status of each operation, in order."""
    return [result["status"] for result in results]


async def test_blk_06_each_result_names_what_it_is_of(acme: Served) -> None:
    (result,) = await run(acme, post("/Users", "ada", userName="ada@x.example"))

    (id_,) = await acme.find("/Users", 'userName eq "ada@x.example"')
    assert result == {
        "method": "POST",
        "bulkId": "ada",
        "version": 'W/"1"',
        "status": "201",
        "location": f"{acme.base}/Users/{id_}",
    }


async def test_blk_08_a_group_may_come_before_its_members(acme: Served) -> None:
    results = await run(
        acme,
        post("/Groups", "g", displayName="Engines", members=[{"value": "bulkId:u"}]),
        post("/Users", "u", userName="ada@x.example"),
    )

    assert statuses(results) == ["201", "201"]
    (user,) = await acme.find("/Users", 'userName eq "ada@x.example"')
    (group,) = await acme.find("/Groups", 'displayName eq "Engines"')
    assert await members(acme, group) == {user}


async def test_blk_09_users_may_refer_to_each_other(acme: Served) -> None:
    def person(name: str, manager: str) -> dict[str, Any]:
        data = {"schemas": [USER, ENTERPRISE], "userName": f"{name}@x.example"}
        return post("/Users", name, **data, **{ENTERPRISE: {"manager": {"value": manager}}})

    results = await run(acme, person("a", "bulkId:b"), person("b", "bulkId:a"))

    assert statuses(results) == ["201", "201"]
    (a,) = await acme.find("/Users", 'userName eq "a@x.example"')
    (b,) = await acme.find("/Users", 'userName eq "b@x.example"')
    read = await acme.get(f"/Users/{a}")
    assert read.json[ENTERPRISE]["manager"]["value"] == b
    assert (await acme.get(f"/Users/{b}")).json[ENTERPRISE]["manager"]["value"] == a
    assert results[0]["version"] == read.headers["etag"]


async def test_blk_07_references_in_paths_and_patches_are_followed(acme: Served) -> None:
    results = await run(
        acme,
        post("/Users", "u", userName="ada@x.example"),
        post("/Groups", "g", displayName="Engines"),
        {
            "method": "PATCH",
            "path": "/Groups/bulkId:g",
            "data": {
                "Operations": [{"op": "add", "path": "members", "value": [{"value": "bulkId:u"}]}]
            },
        },
        {"method": "DELETE", "path": "/Users/bulkId:u"},
    )

    assert statuses(results) == ["201", "201", "204", "204"]
    (group,) = await acme.find("/Groups", 'displayName eq "Engines"')
    assert await members(acme, group) == set()


async def test_blk_05_failures_do_not_stop_the_rest(acme: Served) -> None:
    results = await run(
        acme,
        post("/Users", "a", userName="ada@x.example"),
        post("/Users", "b", userName="ADA@x.example"),
        {"method": "DELETE", "path": "/Users/none"},
        post("/Users", "c", userName="bob@x.example"),
    )

    assert statuses(results) == ["201", "409", "404", "201"]
    assert results[1]["response"]["scimType"] == "uniqueness"
    assert results[1]["response"]["status"] == "409"
    assert "location" not in results[1]


async def test_blk_05_fail_on_errors_leaves_the_rest_undone(acme: Served) -> None:
    results = await run(
        acme,
        {"method": "DELETE", "path": "/Users/none"},
        {"method": "DELETE", "path": "/Users/nobody"},
        post("/Users", "c", userName="bob@x.example"),
        failOnErrors=2,
    )

    assert statuses(results) == ["404", "404"]
    assert await acme.find("/Users", 'userName eq "bob@x.example"') == []


async def test_blk_10_unknown_and_failed_references_fail_their_operation_only(
    acme: Served,
) -> None:
    results = await run(
        acme,
        post("/Users", "twice", userName="ada@x.example"),
        post("/Users", "broken", userName=""),
        post("/Groups", "g", displayName="One", members=[{"value": "bulkId:unheard"}]),
        post("/Groups", "h", displayName="Two", members=[{"value": "bulkId:broken"}]),
        post("/Groups", "i", displayName="Three"),
    )

    assert statuses(results) == ["201", "400", "400", "409", "201"]
    assert await acme.find("/Groups", "displayName pr") == await acme.find(
        "/Groups", 'displayName eq "Three"'
    )


async def test_blk_13_a_version_is_a_condition(acme: Served) -> None:
    user = await acme.user("ada@x.example")
    change = {"Operations": [{"op": "replace", "path": "displayName", "value": "Ada"}]}
    patch = {"method": "PATCH", "path": f"/Users/{user.id}", "data": change}

    results = await run(acme, patch | {"version": 'W/"1"'}, patch | {"version": 'W/"1"'})

    assert statuses(results) == ["200", "412"]


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({"method": "POST", "path": "/Users", "data": {"userName": "x@x.example"}}, "400"),
        ({"method": "POST", "path": "/Users/1", "bulkId": "a", "data": {}}, "400"),
        ({"method": "PATCH", "path": "/Users", "data": {}}, "400"),
        ({"method": "GET", "path": "/Users/1"}, "400"),
        ({"method": "PUT", "path": "/Users/1"}, "400"),
        ({"method": "POST", "path": "/Robots", "bulkId": "a", "data": {}}, "404"),
        ({"method": "POST", "path": "/Bulk", "bulkId": "a", "data": {}}, "400"),
        ("nonsense", "400"),
    ],
)
async def test_blk_03_what_is_no_operation_fails_alone(
    acme: Served, operation: Any, status: str
) -> None:
    before = await acme.everything()

    results = await run(acme, operation)

    assert statuses(results) == [status]
    assert await acme.everything() == before


@pytest.mark.parametrize(
    "body",
    [
        {"Operations": [post("/Users", "a", userName="a@x.example")]},
        {"schemas": [BULK]},
        {"schemas": [BULK], "Operations": []},
        {"schemas": [BULK], "Operations": {}},
    ],
)
async def test_blk_02_the_envelope_must_be_right(acme: Served, body: Any) -> None:
    assert (await acme.post("/Bulk", body)).error() == (400, "invalidSyntax")


async def test_blk_11_limits_are_named(acme: Served) -> None:
    one = {"method": "DELETE", "path": "/Users/x"}

    too_many = await acme.post("/Bulk", {"schemas": [BULK], "Operations": [one] * 1001})
    too_large = await acme.post("/Bulk", b" " * 4_194_305)

    assert too_many.error() == (413, None)
    assert "maxOperations" in too_many.json["detail"]
    assert too_large.error() == (413, None)
    assert "4194304" in too_large.json["detail"]
    advertised = (await acme.get("/ServiceProviderConfig"))["bulk"]
    assert advertised == {"supported": True, "maxOperations": 1000, "maxPayloadSize": 4_194_304}


async def test_every_operation_is_in_the_log_and_in_one_history(acme: Served) -> None:
    await run(acme, post("/Users", "a", userName="a@x.example"), {"method": "X"})

    operations = [entry.operation for entry in acme.log]
    assert operations == [ScimOperation.CREATE, ScimOperation.BULK]
    assert acme.log[0].subject_id == UUID((await acme.find("/Users", "userName pr"))[0])


async def test_ids_of_another_organization_are_unknown(acme: Served) -> None:
    other = await acme.world.organization()
    stranger = await other.user("eve@x.example")

    results = await run(acme, {"method": "DELETE", "path": f"/Users/{stranger.id}"})

    assert statuses(results) == ["404"]
    assert (await other.get(f"/Users/{stranger.id}")).status == 200
