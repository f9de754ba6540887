"""Whatever is sent to the admin API is refused in few words, and never a fault of the server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graphql_schema import documents
from graphql_schema.documents import Memory, parsed
from graphql_schema.errors import LONGEST_MESSAGE, MOST_ERRORS
from graphql_schema.services import Limits
from tests.graphql_schema.test_transport import QUERY, code_of, raw
from tests.support.graphql import MODERN, Api


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    "body",
    [
        nested(100_000),
        b'{"query": "{a}", "variables": {"a": ' + nested(100_000) + b"}}",
        b'{"query": "{a}", "variables": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
        b'{"query": "{a}", "variables": {"a": NaN}}',
        b'{"query": "{a}", "variables": {"a": Infinity}}',
        b'{"query": "{a}", "variables": {"a": 1e999}}',
        b'{"query": "{a}", "variables": {"a": ' + b"9" * 5000 + b"}}",
        b'{"query": "{a}", "variables": {"a": "\\ud800"}}',
        b'{"query": "{a}", "variables": {"a": "\xed\xa0\x80"}}',
        b'{"query": "{a}", "variables": {"a": "\xff"}}',
        b'\xef\xbb\xbf{"query": "{ viewer { scopes } }"}',
        '{"query": "{ viewer { scopes } }"}'.encode("utf-16"),
        b"\0" * 100,
    ],
    ids=lambda body: body[:40].decode("latin-1"),
)
async def test_what_is_no_json_is_400(caller: Api, body: bytes) -> None:
    response = await raw(caller, body)

    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
    assert response.json()["errors"][0]["message"] == "The body is not JSON."


async def test_the_last_of_two_keys_counts(caller: Api) -> None:
    body = b'{"query": "{ nothing }", "query": "{ viewer { scopes } }"}'

    assert "data" in (await raw(caller, body)).json()


STRANGE_VALUES: dict[str, Any] = {
    "nested lists": json.loads(nested(300)),
    "a large number": 10**300,
    "a number beyond 64 bits": 2**64,
    "a negative zero": -0.0,
    "all planes": "\U0001f600\u202e\ufeff\uffff",
    "a long text": "x" * 500_000,
    "a map": {"": {"": [None]}},
    "true": True,
    "a list of nothing": [None] * 1000,
}


MEMBERS = "query ($v: %s) { organizations { nodes { members(filter: {%s}) { nodes { id } } } } }"


@pytest.mark.parametrize("name", STRANGE_VALUES)
@pytest.mark.parametrize(
    "query",
    [
        "query ($v: ID!) { node(id: $v) { id } }",
        "query ($v: String!) { organization(by: {slug: $v}) { id } }",
        "query ($v: Int) { organizations(first: $v) { nodes { id } } }",
        "query ($v: OrganizationRef!) { organization(by: $v) { id } }",
        MEMBERS % ("[MemberStatus!]", "status: $v"),
        MEMBERS % ("DateTime", "createdAt: {from: $v}"),
        "query ($v: Boolean!) { viewer @include(if: $v) { scopes } }",
        "mutation ($v: InviteMemberInput!) { inviteMember(input: $v) { changed } }",
        "query { viewer { scopes } }",
    ],
)
async def test_a_variable_of_any_shape_is_no_fault_of_the_server(
    caller: Api, name: str, query: str
) -> None:
    response = await caller.post(query, {"v": STRANGE_VALUES[name]}, headers={"accept": MODERN})

    codes = [each["extensions"]["code"] for each in response.json().get("errors", [])]
    assert response.status_code in (200, 400)
    assert "INTERNAL" not in codes
    assert len(response.content) < 10_000


DOCUMENTS: dict[str, str] = {
    "nested lists": f"{{ node(id: {'[' * 900}1{']' * 900}) {{ id }} }}",
    "nested objects": f"{{ node(id: {'{a: ' * 600}1{'}' * 600}) {{ id }} }}",
    "nested selections": "{ viewer " * 600 + "{ scopes }" + "}" * 600,
    "nested inline fragments": "{ " + "... { " * 900 + "__typename " + "} " * 901,
    "nested type": f"query ($a: {'[' * 900}Int{']' * 900}) {{ viewer {{ scopes }} }}",
    "a long name": f"{{ {'x' * 100_000} }}",
    "a long alias": f"{{ {'x' * 129}: viewer {{ scopes }} }}",
    "a long argument": f"{{ viewer({'x' * 100_000}: 1) {{ scopes }} }}",
    "a long directive": f"{{ viewer @{'x' * 100_000} {{ scopes }} }}",
    "a long variable": f"query (${'x' * 100_000}: Int) {{ viewer {{ scopes }} }}",
    "a huge number": f"{{ organizations(first: {'9' * 10_000}) {{ nodes {{ id }} }} }}",
    "a huge float": f"{{ organizations(first: {'9' * 10_000}.5e9999) {{ nodes {{ id }} }} }}",
    "a huge number in a list": f"{{ node(id: [{'9' * 10_000}]) {{ id }} }}",
    "a lone surrogate": '{ organization(by: {slug: "\\ud800"}) { id } }',
    "a surrogate in braces": '{ organization(by: {slug: "\\u{d800}"}) { id } }',
    "beyond unicode": '{ organization(by: {slug: "\\u{110000}"}) { id } }',
    "an open text": '{ organization(by: {slug: "',
    "an open block text": '{ organization(by: {slug: """',
    "a control character": "{ viewer \u0007 { scopes } }",
    "a circle of fragments": "{ viewer { ...A } } fragment A on Viewer { ...B } "
    "fragment B on Viewer { ...A }",
    "a fragment in itself": "{ viewer { ...A } } fragment A on Viewer { ...A }",
    "unknown fragments": "{ viewer { " + "...A " * 900 + "} }",
    "unknown fields": "{ " + " ".join(f"f{n}" for n in range(1990)) + " }",
    "the same field 490 times": "{ " + "viewer { scopes } " * 490 + "}",
    "a thousand conflicts": "{ " + " ".join(f"a: node(id: {n}) {{id}}" for n in range(150)) + " }",
    "a thousand directives": "{ viewer { scopes " + "@include(if: true) " * 300 + "} }",
    "a thousand variables": "query (" + "$a: Int " * 600 + ") { viewer { scopes } }",
    "a subscription": "subscription { nothing }",
}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_document_of_any_shape_is_refused_in_few_words(caller: Api, name: str) -> None:
    response = await caller.post(DOCUMENTS[name], headers={"accept": MODERN})

    assert response.status_code == 400
    assert code_of(response) in {"BAD_REQUEST", "LIMIT_EXCEEDED"}
    errors = response.json()["errors"]
    assert len(errors) <= MOST_ERRORS
    assert max(len(error["message"]) for error in errors) <= LONGEST_MESSAGE + 1
    assert len(response.content) < 30_000


async def test_names_and_brackets_have_limits(caller: Api) -> None:
    async def fits(query: str) -> bool:
        body = (await caller.post(query)).json()
        if "errors" in body:
            assert body["errors"][0]["extensions"] == {"code": "LIMIT_EXCEEDED"}
        return "errors" not in body

    assert await fits(f"{{ {'x' * 128}: viewer {{ scopes }} }}")
    assert not await fits(f"{{ {'x' * 129}: viewer {{ scopes }} }}")
    for brackets, fitting in ((50, True), (51, False)):
        levels = brackets - 2
        query = "{ " + "... { " * levels + "viewer { scopes } " + "} " * (levels + 1)
        assert await fits(query) is fitting


async def test_variables_have_levels(caller: Api) -> None:
    for levels, code in ((49, None), (50, "LIMIT_EXCEEDED")):
        # The map of the variables is a level, too.
        response = await caller.post(QUERY, {"v": json.loads(nested(levels))})
        assert (None if code is None else code_of(response)) == code
        assert ("data" in response.json()) is (code is None)


async def test_comparing_fields_of_the_same_name_has_an_end(caller: Api) -> None:
    response = await caller.post(DOCUMENTS["the same field 490 times"])

    assert response.json()["errors"] == [
        {
            "message": "The document selects the same fields, or spreads fragments, too often.",
            "extensions": {"code": "LIMIT_EXCEEDED"},
        }
    ]
    # Up to there it is compared.
    assert "errors" not in (await caller.post("{ " + "viewer { scopes } " * 20 + "}")).json()


def test_documents_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    limits, memory = Limits(), Memory()
    monkeypatch.setattr(documents, "REMEMBERED_TOKENS", 20)
    monkeypatch.setattr(documents, "REMEMBERED_CHARACTERS", 1_000)
    first, second, third = (parsed(f"{{ a{n} {{ b }} }}", limits) for n in range(3))
    assert (first.tokens, second.tokens, third.tokens) == (6, 6, 6)

    memory.keep("1", limits, first)
    memory.keep("2", limits, second)
    memory.keep("3", limits, third)
    assert memory.find("1", limits) is first
    # One too many: what was not asked for the longest goes.
    memory.keep("4", limits, parsed("{ a4 { b } }", limits))
    assert [memory.find(key, limits) for key in "123"] == [first, None, third]
    assert memory.find("1", Limits(tokens=7)) is None

    memory.keep("x" * 1_001, limits, first)
    assert len(memory) == 0
