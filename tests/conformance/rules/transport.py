"""Transport, media types, credentials, methods."""

from __future__ import annotations

from tests.conformance.client import NOBODY, SCIM_JSON, Client, name, path_of
from tests.conformance.registry import rule

ACCEPTED = (
    "*/*",
    "application/*",
    "application/scim+json, application/json",
    "application/scim+json;charset=utf-8",
    "text/html, application/xhtml+xml, image/webp;q=0.8",
    "application/vnd.nothing+json",
)


@rule("HTTP-02")
def the_scim_media_type_is_served(acme: Client) -> None:
    """Who accepts application/scim+json gets it."""
    answer = acme.get("/Users", Accept=SCIM_JSON)
    assert (answer.status, answer["totalResults"] is not None) == (200, True)
    assert answer.headers["content-type"].startswith(SCIM_JSON)


@rule("HTTP-03")
def plain_json_is_served(acme: Client) -> None:
    """Who accepts only application/json is served, with that type."""
    answer = acme.get("/Users", Accept="application/json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer["totalResults"] == len(answer.ids)


@rule("HTTP-04")
def without_accept_the_scim_media_type_is_served(acme: Client) -> None:
    """Without Accept the answer is application/scim+json."""
    answer = acme.get("/ServiceProviderConfig")
    assert answer.headers["content-type"].startswith(SCIM_JSON)
    assert answer["patch"] == {"supported": True}


@rule("HTTP-05")
def no_accept_header_is_refused(acme: Client) -> None:
    """Whatever Accept says, nobody is answered 406."""
    for accept in ACCEPTED:
        answer = acme.get("/Users", Accept=accept)
        assert (answer.status, answer["itemsPerPage"]) == (200, len(answer.ids)), accept


@rule("HTTP-06")
def text_is_utf_8(acme: Client) -> None:
    """Text in UTF-8 comes back as it was sent."""
    sent = "Zoë Łukasiewicz 山田 😀 ß"
    made = acme.user(displayName=sent)
    read = acme.resource(made)
    assert (made["displayName"], read["displayName"]) == (sent, sent)
    read.content.decode("utf-8")


@rule("HTTP-07")
def json_bodies_are_taken_under_their_usual_types(acme: Client) -> None:
    """Bodies of the two JSON types, with a charset and without any type, are taken; others: 415."""
    for type_ in (
        SCIM_JSON,
        f"{SCIM_JSON}; charset=utf-8",
        "application/json",
        "application/json; charset=UTF-8",
        None,
    ):
        body = {"userName": name()}
        answer = acme.send("POST", "/Users", body, {"Content-Type": type_})
        assert answer.status == 201, type_
        path = path_of(answer)
        assert acme.send("PUT", path, body, {"Content-Type": type_}).status == 200, type_
    for type_ in ("text/xml", "application/x-www-form-urlencoded"):
        for method, path in (("POST", "/Users"), ("PUT", path_of(answer))):
            refused = acme.send(method, path, {"userName": name()}, {"Content-Type": type_})
            assert refused.error == (415, None)


@rule("HTTP-08")
def a_content_type_without_a_body_is_passed_over(acme: Client) -> None:
    """A Content-Type on a request without a body means nothing."""
    made = acme.user()
    headers = {"Content-Type": "text/plain"}
    assert acme.send("GET", path_of(made), None, headers).id == made.id
    assert acme.send("DELETE", path_of(made), b"", headers).status == 204


@rule("HTTP-09")
def another_version_is_not_served(acme: Client) -> None:
    """A base URL of another protocol version is not answered as this one."""
    other = acme.base.replace("/v2/", "/v1/")
    assert acme.send("GET", "/Users", base=other).status in {400, 404}
    assert acme.get("/Users")["totalResults"] is not None


@rule("HTTP-10")
def locations_stand_on_the_base_url(acme: Client) -> None:
    """Locations are the base URL and a path, without a query; one that comes is ignored."""
    flagged = acme.get("/Users?aadOptscim062020")
    assert flagged["totalResults"] is not None
    made = acme.user()
    group = acme.group(made.id)
    for place in (made.meta["location"], made.headers["location"], group["members"][0]["$ref"]):
        assert place.endswith(f"/v2/{acme.base.rpartition('/')[2]}/Users/{made.id}")
        assert "?" not in place


@rule("HTTP-11")
def unknown_parameters_are_passed_over(acme: Client) -> None:
    """Unknown and empty query parameters change nothing."""
    made = acme.user()
    for query in ("?foo=bar", "?", "?&", "?foo", "?filter=&", "?count=5&"):
        assert acme.get(f"/Users{query}").ids == [made.id], query
        assert acme.get(f"/Users/{made.id}{query}").id == made.id, query


@rule("HTTP-12")
def without_credentials_there_is_a_challenge(acme: Client) -> None:
    """Without valid credentials: 401 with WWW-Authenticate and an error body."""
    for header in (None, "", "Bearer", "Bearer nonsense", "Basic YTpi", f"Bearer {acme.key}x"):
        answer = acme.send("GET", "/Users", None, {"Authorization": header})
        assert answer.error == (401, None), header
        assert answer.headers["www-authenticate"].startswith("Bearer")


@rule("HTTP-13", note="A key may do all that SCIM offers, so only the filter of discovery is left.")
def what_is_not_allowed_is_forbidden(acme: Client) -> None:
    """Who may not do what was asked gets 403 with an error body."""
    assert acme.filtered('name eq "User"', "/ResourceTypes").error == (403, None)


@rule("HTTP-14")
def a_key_opens_one_organization(acme: Client) -> None:
    """A key opens nothing of another organization, and cannot tell it from none."""
    other = acme.neighbour()
    theirs = other.user()
    nowhere = acme.base.rpartition("/")[0] + f"/{NOBODY}"
    answers = []
    for base in (other.base, nowhere):
        answers.append(acme.send("GET", path_of(theirs), base=base))
        answers.append(acme.send("DELETE", path_of(theirs), base=base))
        answers.append(acme.send("POST", "/Users", {"userName": name()}, base=base))
    assert {answer.error for answer in answers} == {(401, None)}
    assert len({answer["detail"] for answer in answers}) == 1
    assert other.resource(theirs).version == theirs.version
    other.close()


@rule("HTTP-15")
def keys_can_be_revoked(acme: Client) -> None:
    """A key holds at least 128 random bits and stops working when it is revoked."""
    other = acme.neighbour()
    assert len(acme.key.split("_", 2)[-1]) * 6 >= 128
    other.revoke_key()
    assert other.get("/Users").error == (401, None)
    other.close()


@rule("HTTP-16")
def nothing_is_redirected(acme: Client) -> None:
    """Ordinary requests are answered where they were sent, not redirected."""
    made = acme.user()
    paths = ("/Users", "/users/", "/Groups/", path_of(made) + "/", "/Schemas/")
    for path in paths:
        answer = acme.get(path)
        assert (answer.status, "location" in answer.headers) == (200, False)
        assert "schemas" in answer


@rule("HTTP-17")
def paths_match_in_any_case(acme: Client) -> None:
    """Paths match in any case and with a slash at the end."""
    made = acme.user()
    for path in ("/Users/", "/users", "/USERS"):
        assert acme.get(path).ids == [made.id]
        assert acme.get(f"{path.rstrip('/')}/{made.id}/").id == made.id
    assert acme.get("/serviceproviderconfig")["patch"] == {"supported": True}


@rule("HTTP-18")
def an_unknown_endpoint_is_not_found(acme: Client) -> None:
    """An endpoint that does not exist is 404 with an error body."""
    for path in ("/Devices", "/Users/1/2/3", "/anything", "/Users/7/members"):
        for method in ("GET", "POST", "PATCH"):
            body = None if method == "GET" else b"{}"
            assert acme.send(method, path, body).error == (404, None), path


@rule("HTTP-19")
def a_method_that_is_not_offered_is_refused(acme: Client) -> None:
    """A method an endpoint does not offer is 405 with Allow; OPTIONS names the same methods."""
    made = acme.user()
    for path, method in (
        ("/Users", "PUT"),
        ("/Users", "PATCH"),
        ("/Groups", "DELETE"),
        (path_of(made), "POST"),
        ("/Schemas", "POST"),
        ("/Bulk", "GET"),
        ("/Users/.search", "GET"),
        ("/.search", "PUT"),
    ):
        answer = acme.send(method, path, {} if method != "GET" else None)
        assert answer.error == (405, None), (method, path)
        offered = answer.headers["allow"].split(", ")
        assert method not in offered
        options = acme.send("OPTIONS", path)
        assert (options.status, options.headers["allow"].split(", ")) == (204, offered)
    head = acme.send("HEAD", path_of(made))
    get = acme.get(path_of(made))
    assert (head.status, head.content) == (200, b"")
    assert (head.version, head.headers["content-length"]) == (get.version, str(len(get.content)))


@rule("HTTP-20")
def who_calls_too_often_hears_when_to_come_again(acme: Client) -> None:
    """Requests beyond the limit are 429, with Retry-After in whole seconds."""
    answer = acme.get("/Users?count=0")
    for _ in range(2000):
        if answer.status == 429:
            break
        answer = acme.get("/Users?count=0")
    assert answer.error == (429, None)
    assert 1 <= int(answer.headers["retry-after"]) <= 60


@rule("HTTP-21")
def nothing_a_client_sends_breaks_the_server(acme: Client) -> None:
    """No odd input is answered 5xx or by anything but an error of SCIM."""
    made = acme.user()
    odd = (
        acme.send("POST", "/Users", b"\xff\xfe"),
        acme.send("POST", "/Users", b'{"userName": "\\ud800"}'),
        acme.send("POST", "/Users", b"[" * 100_000),
        acme.post("/Users", {"userName": "a\x00b"}),
        acme.post("/Users", {"userName": name(), "emails": [[[]]]}),
        acme.post("/Groups", {"displayName": {"a": 1}}),
        acme.patch(path_of(made), {"op": "replace", "path": "name", "value": 7}),
        acme.get("/Users?filter=%ff"),
        acme.get("/Users?count=1e9"),
        acme.get("/Users?cursor=%00"),
        acme.filtered("(" * 1000),
    )
    for answer in odd:
        assert answer.error[0] == 400
        assert answer.error[1] in {
            "invalidSyntax",
            "invalidValue",
            "invalidFilter",
            "invalidCursor",
        }
