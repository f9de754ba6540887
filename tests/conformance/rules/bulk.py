"""Many operations in one request."""

from __future__ import annotations

from typing import Any

from tests.conformance.client import (
    BULK,
    ENTERPRISE,
    NOBODY,
    PATCH_OP,
    Answer,
    Client,
    members_of,
    name,
    path_of,
)
from tests.conformance.registry import rule

RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


def create(bulk_id: str | None, **data: Any) -> dict[str, Any]:
    """An operation that creates a user."""
    operation = {"method": "POST", "path": "/Users", "data": {"userName": name()} | data}
    return operation if bulk_id is None else operation | {"bulkId": bulk_id}


def team(bulk_id: str, *members: str, **data: Any) -> dict[str, Any]:
    """An operation that creates a group with those members."""
    held = [{"type": "User", "value": member} for member in members]
    body = {"displayName": name("group"), "members": held} | data
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": body}


def results(answer: Answer) -> list[dict[str, Any]]:
    """What became of each operation."""
    return answer["Operations"] or []


def statuses(answer: Answer) -> list[str]:
    """The status of each operation."""
    return [one["status"] for one in results(answer)]


def located(acme: Client, result: dict[str, Any]) -> Answer:
    """The resource that an operation was about."""
    return acme.get("/" + "/".join(result["location"].split("/")[-2:]))


@rule("BLK-01")
def bulk_is_offered(acme: Client) -> None:
    """Bulk is advertised with its limits, and works."""
    config = acme.get("/ServiceProviderConfig")["bulk"] or {}
    assert config.get("supported") is True
    assert (type(config["maxOperations"]), type(config["maxPayloadSize"])) == (int, int)
    assert statuses(acme.bulk(create("1"))) == ["201"]


@rule("BLK-02")
def a_bulk_request_names_its_schema(acme: Client) -> None:
    """A bulk request without its schema or without Operations is 400 invalidSyntax."""
    one = create("1")
    for body in (
        {"Operations": [one]},
        {"schemas": ["urn:nothing"], "Operations": [one]},
        {"schemas": [BULK]},
        {"schemas": [BULK], "Operations": []},
        {"schemas": [BULK], "Operations": one},
    ):
        assert acme.post("/Bulk", body).error == (400, "invalidSyntax")
    wrong = acme.bulk(one, failOnErrors="x")
    assert wrong.error == (400, "invalidValue")
    assert acme.get("/Users")["totalResults"] == 0


@rule("BLK-03")
def operations_name_what_they_are_about(acme: Client) -> None:
    """A POST needs a bulkId of its own and the path of a type, others the path of a resource."""
    made = acme.user()
    whole = f"{acme.base}/Users"
    answer = acme.bulk(
        create("1"),
        create("1"),
        create(None),
        create("2") | {"path": f"/Users/{made.id}"},
        create("3") | {"path": whole},
        {"method": "DELETE", "path": "/Users"},
        {"method": "PUT", "path": "/Devices/1", "data": {}},
        {"method": "GET", "path": path_of(made)},
        {"path": path_of(made)},
        create("4") | {"path": "Users"},
    )
    assert answer.status == 200
    assert statuses(answer)[:3] == ["201", "400", "400"]
    assert [status[0] for status in statuses(answer)[3:9]] == ["4"] * 6
    assert acme.get("/Users")["totalResults"] in {2, 3}


@rule("BLK-04")
def a_bulk_request_succeeds_as_a_whole(acme: Client) -> None:
    """A bulk request that was processed is 200, whatever became of its operations."""
    answer = acme.bulk({"method": "DELETE", "path": f"/Users/{NOBODY}"})
    assert (answer.status, answer["schemas"], statuses(answer)) == (200, [RESPONSE], ["404"])


@rule("BLK-05")
def errors_stop_it_where_asked(acme: Client) -> None:
    """Operations go on after errors, up to failOnErrors of them; what is left is not reported."""
    gone = {"method": "DELETE", "path": f"/Users/{NOBODY}"}
    operations = [gone, create("1"), gone, create("2")]
    assert statuses(acme.bulk(*operations)) == ["404", "201", "404", "201"]
    again = [gone, create("1"), gone, create("2")]
    assert statuses(acme.bulk(*again, failOnErrors=2)) == ["404", "201", "404"]
    assert statuses(acme.bulk(gone, create("1"), failOnErrors=1)) == ["404"]
    assert acme.get("/Users")["totalResults"] == 3


@rule("BLK-06", note="A PATCH may carry its operations bare, as in the example of RFC 7644 §3.7.3.")
def each_operation_is_reported(acme: Client) -> None:
    """Each operation is reported with method, bulkId, location, version, status, and its error."""
    made = acme.user()
    patch = {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "x"}]}
    answer = acme.bulk(
        create("a"),
        create("b", userName=made["userName"]),
        {"method": "PATCH", "path": path_of(made), "data": patch},
        {"method": "PUT", "path": path_of(made), "bulkId": "c", "data": {}},
        {"method": "DELETE", "path": path_of(made)},
        {"method": "DELETE", "path": path_of(made)},
    )
    posted, taken, patched, bad, deleted, missing = results(answer) or [{}] * 6
    assert (posted.get("method"), posted.get("bulkId")) == ("POST", "a")
    new = located(acme, posted)
    assert (posted["location"], posted["version"]) == (new.meta["location"], new.version)
    assert (taken["status"], "location" in taken) == ("409", False)
    assert (taken["response"]["scimType"], taken["response"]["status"]) == ("uniqueness", "409")
    assert (patched["status"], patched["location"]) == ("200", made.meta["location"])
    assert patched["version"] not in {"", made.version}
    assert (bad["status"], bad["bulkId"], bad["location"]) == ("400", "c", made.meta["location"])
    assert (deleted["status"], deleted["location"]) == ("204", made.meta["location"])
    assert (missing["status"], missing["location"]) == ("404", made.meta["location"])
    bare = {"method": "PATCH", "path": path_of(new), "data": patch["Operations"]}
    assert statuses(acme.bulk(bare)) == ["200"]
    assert acme.resource(new)["title"] == "x"


@rule("BLK-07")
def references_become_ids(acme: Client) -> None:
    """bulkId:name stands for the id of what is created, in data and in paths."""
    patch = {"Operations": [{"op": "add", "path": "title", "value": "x"}]}
    answer = acme.bulk(
        create("ada"),
        create("bob", **{ENTERPRISE: {"manager": {"value": "bulkId:ada"}}}),
        team("g", "bulkId:ada", "bulkId:bob"),
        {"method": "PATCH", "path": "/Users/bulkId:ada", "data": patch},
    )
    assert statuses(answer) == ["201", "201", "201", "200"]
    ada, bob, group, patched = (located(acme, one) for one in results(answer))
    assert bob[ENTERPRISE] == {"manager": {"value": ada.id}}
    assert members_of(group) == {ada.id, bob.id}
    assert (patched.id, patched["title"]) == (ada.id, "x")


@rule("BLK-08")
def references_may_look_ahead(acme: Client) -> None:
    """An operation may refer to one that comes later; the answers keep the order of the request."""
    answer = acme.bulk(team("g", "bulkId:ada"), create("ada"))
    assert [one.get("bulkId") for one in results(answer)] == ["g", "ada"]
    group, ada = (located(acme, one) for one in results(answer))
    assert members_of(group) == {ada.id}


@rule("BLK-09")
def references_may_go_in_circles(acme: Client) -> None:
    """Operations that refer to each other are carried out, or are 409."""
    answer = acme.bulk(
        create("a", **{ENTERPRISE: {"manager": {"value": "bulkId:b"}}}),
        create("b", **{ENTERPRISE: {"manager": {"value": "bulkId:a"}}}),
    )
    assert statuses(answer) == ["201", "201"]
    first, second = (located(acme, one) for one in results(answer))
    assert first[ENTERPRISE] == {"manager": {"value": second.id}}
    assert second[ENTERPRISE] == {"manager": {"value": first.id}}
    assert [one["version"] for one in results(answer)] == [first.version, second.version]


@rule("BLK-10")
def an_unknown_reference_fails_alone(acme: Client) -> None:
    """An operation that refers to nothing, or to one that failed, fails; the others go on."""
    made = acme.user()
    answer = acme.bulk(
        team("g", "bulkId:nobody"),
        create("bad", userName=made["userName"]),
        team("h", "bulkId:bad"),
        {"method": "DELETE", "path": "/Users/bulkId:nobody"},
        create("fine"),
    )
    assert [status in {"400", "409"} for status in statuses(answer)] == [True] * 4 + [False]
    assert statuses(answer)[4] == "201"
    assert acme.get("/Groups")["totalResults"] == 0


@rule("BLK-11")
def bulk_has_limits(acme: Client) -> None:
    """Too many operations, or too many bytes, are 413 with the limit in the detail."""
    config = acme.get("/ServiceProviderConfig")["bulk"] or {"maxOperations": 0, "maxPayloadSize": 9}
    gone = {"method": "DELETE", "path": f"/Users/{NOBODY}"}
    many = acme.bulk(*[gone] * (config["maxOperations"] + 1))
    assert many.error == (413, None)
    assert str(config["maxOperations"]) in many["detail"]
    large = acme.bulk(create("1", title="x" * config["maxPayloadSize"]))
    assert large.error == (413, None)
    assert str(config["maxPayloadSize"]) in large["detail"]
    assert acme.get("/Users")["totalResults"] == 0


@rule("BLK-12")
def operations_have_no_more_rights(acme: Client) -> None:
    """Each operation obeys what the same request alone would."""
    other = acme.neighbour()
    theirs = other.user()
    answer = acme.bulk(
        {"method": "DELETE", "path": f"/Users/{theirs.id}"},
        {"method": "PATCH", "path": f"/../{NOBODY}/Users/{theirs.id}", "data": {}},
        create("1", userName=""),
        create("2", active="maybe"),
        {"method": "POST", "path": "/Schemas", "bulkId": "3", "data": {}},
        {"method": "POST", "path": "/Bulk", "bulkId": "4", "data": {"schemas": [BULK]}},
    )
    assert statuses(answer)[:1] == ["404"]
    assert statuses(answer)[2:4] == ["400", "400"]
    assert [status[0] for status in statuses(answer)] == ["4"] * 6
    assert other.resource(theirs).json == theirs.json
    assert acme.send("POST", "/Bulk", {}, {"Authorization": None}).error == (401, None)
    other.close()


@rule("BLK-13")
def operations_may_insist_on_a_version(acme: Client) -> None:
    """The version of an operation is what If-Match is for a request."""
    made = acme.user()
    patch = {"Operations": [{"op": "add", "path": "title", "value": "x"}]}
    change = {"method": "PATCH", "path": path_of(made), "data": patch}
    answer = acme.bulk(change | {"version": 'W/"999"'}, change | {"version": made.version})
    assert statuses(answer) == ["412", "200"]


@rule("BLK-14")
def the_size_of_a_batch_is_a_number(acme: Client) -> None:
    """`maxOperations` is a number above 0, by which authentik sizes its batches."""
    config = acme.get("/ServiceProviderConfig")["bulk"] or {}
    assert config.get("maxOperations", 0) >= 100
