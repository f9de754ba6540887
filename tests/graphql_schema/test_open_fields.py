"""What anybody may ask, with neither token nor session, and that all else is refused."""

import pytest

from tests.support.graphql import MODERN, Api, as_nobody


async def test_open_fields_are_for_anybody(caller: Api) -> None:
    nobody = as_nobody(caller)

    for query in (
        "{ __typename }",
        "{ server { version } }",
        "{ ...F } fragment F on Query { server { version } }",
    ):
        response = await nobody.post(query)
        assert response.status_code == 200, query
        assert "errors" not in response.json()
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { label } }",
        "{ server { version } viewer { label } }",
        "{ server { version } ... { viewer { label } } }",
        "{ ...F } fragment F on Query { viewer { label } }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { auditActions { action } }",
        "{ viewer @skip(if: true) { label } server { version } }",
        "{ server: viewer { label } }",
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Query") { name } }',
        "{ nothing }",
        "query A { server { version } } query B { server { version } }",
        'mutation { endSession(input: {sessionId: "x"}) { changed } }',
        'subscription { memberChanges(organizationId: "x") { cursor } }',
    ],
)
@pytest.mark.parametrize("accept", ["application/json", MODERN])
async def test_all_else_is_for_who_is_known(caller: Api, query: str, accept: str) -> None:
    response = await as_nobody(caller).post(query, headers={"accept": accept})

    if query.startswith("subscription"):
        assert response.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
        return
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    body = response.json()
    assert "data" not in body
    assert [error["extensions"] for error in body["errors"]] == [{"code": "UNAUTHENTICATED"}]


async def test_nobody_subscribes(caller: Api) -> None:
    query = 'subscription { memberChanges(organizationId: "x") { cursor } }'

    response = await as_nobody(caller).post(query, headers={"accept": "text/event-stream"})

    assert response.status_code == 401


async def test_what_nobody_sends_is_short(caller: Api) -> None:
    nobody = as_nobody(caller)
    long = "{ server { version } " + " ".join(f"a{n}: __typename" for n in range(200)) + " }"
    large = {"padding": "x" * 70_000}

    tokens = await nobody.post(long)
    body = await nobody.post("{ server { version } }", large)
    known = await caller.post("{ server { version } }", large)

    assert tokens.json()["errors"][0]["message"] == "A document may have at most 500 tokens."
    assert body.status_code == 413
    assert known.status_code == 200
