"""The error message: its form, and which scimType stands for what."""

from __future__ import annotations

from tests.conformance.client import ERROR, NOBODY, Answer, Client, name, path_of
from tests.conformance.registry import rule

KNOWN = {
    "invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath",
    "noTarget", "invalidValue", "invalidVers", "sensitive",
    "invalidCursor", "expiredCursor", "invalidCount",
}  # fmt: skip


def _refusals(acme: Client) -> list[tuple[Answer, int, str | None]]:
    """One refusal of each kind, with the status and scimType it should have."""
    made = acme.user()
    path = path_of(made)
    move = {"op": "move", "path": "title", "value": "x"}
    return [
        (acme.send("GET", "/Users", None, {"Authorization": None}), 401, None),
        (acme.get(f"/Users/{NOBODY}"), 404, None),
        (acme.get("/Nothing"), 404, None),
        (acme.put("/Users", {}), 405, None),
        (acme.post("/Users", {"userName": made["userName"]}), 409, "uniqueness"),
        (acme.send("POST", "/Users", b"{"), 400, "invalidSyntax"),
        (acme.post("/Users", {"active": "perhaps", "userName": name()}), 400, "invalidValue"),
        (acme.get("/Users?filter=x"), 400, "invalidFilter"),
        (acme.get("/Users?cursor=forged"), 400, "invalidCursor"),
        (acme.patch(path, {"op": "remove"}), 400, "noTarget"),
        (acme.patch(path, {"op": "remove", "path": "userName"}), 400, "mutability"),
        (acme.patch(path, {"op": "remove", "path": "emails[type"}), 400, "invalidPath"),
        (acme.patch(path, move), 400, "invalidSyntax"),
        (acme.put(path, {"userName": name()}, If_Match='W/"999"'), 412, None),
        (acme.get("/Me"), 501, None),
        (acme.send("POST", "/Users", b"<a/>", {"Content-Type": "text/xml"}), 415, None),
    ]


@rule("ERR-01")
def errors_name_their_schema(acme: Client) -> None:
    """The schemas of every 4xx and 5xx body are the one of errors."""
    for answer, status, _ in _refusals(acme):
        assert (answer.status, answer["schemas"]) == (status, [ERROR])


@rule("ERR-02")
def status_is_a_string(acme: Client) -> None:
    """`status` is there, as a string that equals the status of the answer."""
    for answer, status, _ in _refusals(acme):
        assert answer["status"] == str(status)


@rule("ERR-03")
def detail_is_a_sentence(acme: Client) -> None:
    """`detail` is one text for people, and nobody is answered 422."""
    for answer, _, _ in _refusals(acme):
        assert isinstance(answer["detail"], str)
        assert 10 < len(answer["detail"]) < 400
        assert answer.status != 422


@rule("ERR-04")
def scim_types_are_those_of_the_table(acme: Client) -> None:
    """`scimType` is one of those that the RFCs list, and the one that fits."""
    for answer, status, scim_type in _refusals(acme):
        assert answer.error == (status, scim_type)
        assert scim_type is None or scim_type in KNOWN


@rule("ERR-05")
def broken_json_is_invalid_syntax(acme: Client) -> None:
    """A body that is no JSON is 400 invalidSyntax."""
    made = acme.user()
    for body in (b"{", b'{"userName": }', b"userName=x", b""):
        assert acme.send("POST", "/Users", body).error == (400, "invalidSyntax")
        assert acme.send("PATCH", path_of(made), body).error == (400, "invalidSyntax")


@rule("ERR-06")
def a_body_that_is_no_object_is_invalid_syntax(acme: Client) -> None:
    """A body that is JSON but no object is 400 invalidSyntax."""
    for body in (b"[]", b'"text"', b"null", b"7", b"true"):
        assert acme.send("POST", "/Groups", body).error == (400, "invalidSyntax")


@rule("ERR-07")
def missing_and_wrong_values_are_invalid_value(acme: Client) -> None:
    """A required attribute that is missing, or one of the wrong JSON type, is 400 invalidValue."""
    for body in (
        {},
        {"displayName": "no name"},
        {"userName": 7},
        {"userName": {"a": 1}},
        {"userName": name(), "active": "maybe"},
        {"userName": name(), "name": 7},
        {"userName": name(), "emails": [{"value": 7}]},
        {"userName": name(), "title": ["a", "b"]},
    ):
        assert acme.post("/Users", body).error == (400, "invalidValue"), body
    assert acme.post("/Groups", {}).error == (400, "invalidValue")
    assert acme.post("/Groups", {"displayName": 7}).error == (400, "invalidValue")


@rule("ERR-08")
def a_second_post_is_a_conflict(acme: Client) -> None:
    """POST of a name that is taken is 409 uniqueness."""
    made, group = acme.user(), acme.group()
    taken = acme.post("/Users", {"userName": made["userName"]})
    assert taken.error == (409, "uniqueness")
    again = acme.post("/Groups", {"displayName": group["displayName"]})
    assert again.error == (409, "uniqueness")


@rule("ERR-09")
def a_change_to_a_taken_name_is_a_conflict(acme: Client) -> None:
    """PUT and PATCH to a name that is taken are 409 uniqueness."""
    first, second = acme.user(), acme.user()
    taken = first["userName"]
    path = path_of(second)
    replaced = acme.put(path, {"userName": taken})
    patched = acme.patch(path, {"op": "replace", "path": "userName", "value": taken})
    assert (replaced.error, patched.error) == ((409, "uniqueness"), (409, "uniqueness"))
    assert acme.resource(second).version == second.version


@rule("ERR-10")
def another_version_fails_the_precondition(acme: Client) -> None:
    """A change that insists on another version is 412."""
    made = acme.user()
    wrong = acme.patch(
        path_of(made), {"op": "replace", "path": "title", "value": "x"}, If_Match='W/"99"'
    )
    assert wrong.error == (412, None)


@rule("ERR-11")
def bulk_over_a_limit_names_it(acme: Client) -> None:
    """A bulk request over a limit is 413, and detail says which limit."""
    limit = (acme.get("/ServiceProviderConfig")["bulk"] or {}).get("maxOperations", 0)
    one = {"method": "DELETE", "path": f"/Users/{NOBODY}"}
    answer = acme.bulk(*[one] * (limit + 1))
    assert answer.error == (413, None)
    assert str(limit) in answer["detail"]


@rule("ERR-12")
def what_is_not_built_is_not_implemented(acme: Client) -> None:
    """What the protocol knows and this server does not offer (/Me) is 501."""
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        body = None if method in {"GET", "DELETE"} else b"{}"
        assert acme.send(method, "/Me", body).error == (501, None)


@rule("ERR-13")
def messages_are_no_schemas(acme: Client) -> None:
    """Errors, lists, PATCH and bulk messages are not among the schemas."""
    ids = acme.get("/Schemas").ids
    assert len(ids) >= 4
    assert not [id_ for id_ in ids if ":api:messages:" in id_]
    assert acme.get(f"/Schemas/{ERROR}").error == (404, None)


@rule(
    "ERR-14",
    note="What cannot be provoked over HTTP (a database that is away is 503 with "
    "Retry-After) has tests of its own.",
)
def faults_of_the_client_are_never_the_servers(acme: Client) -> None:
    """What would fail again is 4xx, so that providers do not retry it for ever."""
    for answer, status, _ in _refusals(acme)[1:14]:
        assert 400 <= answer.status < 500
        assert "retry-after" not in answer.headers
        assert answer.status == status
