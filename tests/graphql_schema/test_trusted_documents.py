"""The console's documents are run by their hash; no caller can add one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import Settings
from api.start_error import StartError
from api.trusted_documents import trusted_documents
from domain.application import Application
from graphql_schema.app import graphql_app
from graphql_schema.trusted import hash_of
from tests.support.graphql import MODERN, Api, send, services

KNOWN = "query Known($org: ID!) { organization(by: {id: $org}) { id } }"
OTHER = "{ viewer { scopes } }"
DOCUMENTS = {hash_of(KNOWN): KNOWN}


@pytest.fixture
def console(app: Application, caller: Api) -> Api:
    """A caller of a server with trusted documents."""
    return replace(caller, asgi=graphql_app(services(app, documents=DOCUMENTS)))


async def ask(caller: Api, accept: str = "*/*", **body: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {caller.secret}", "accept": accept}
    return await send(caller.asgi, body, headers)


def named(hash_: Any, version: Any = 1) -> dict[str, Any]:
    return {"persistedQuery": {"version": version, "sha256Hash": hash_}}


async def test_a_hash_alone_runs_the_document(console: Api) -> None:
    response = await ask(console, extensions=named(hash_of(KNOWN)), variables={"org": console.org})

    assert response.json()["data"] == {"organization": {"id": console.org}}
    unknown = await send(console.asgi, {"extensions": named(hash_of(KNOWN))}, {})
    assert unknown.status_code == 401


@pytest.mark.parametrize("accept", ["application/json", MODERN])
async def test_an_unknown_hash_is_refused_and_nothing_is_taken_up(
    console: Api, accept: str
) -> None:
    for _ in range(2):
        lone = await ask(console, accept, extensions=named(hash_of(OTHER)))
        assert lone.status_code == 400
        assert lone.json()["errors"] == [
            {"message": "PersistedQueryNotFound", "extensions": {"code": "BAD_REQUEST"}}
        ]
        with_text = await ask(console, accept, query=OTHER, extensions=named(hash_of(OTHER)))
        assert "data" in with_text.json()
    assert set(DOCUMENTS) == {hash_of(KNOWN)}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"query": OTHER, "extensions": named(hash_of(KNOWN))},
            "`persistedQuery.sha256Hash` is not the hash of `query`.",
        ),
        (
            {"query": 1, "extensions": named(hash_of(KNOWN))},
            "`persistedQuery.sha256Hash` is not the hash of `query`.",
        ),
        ({"extensions": named(hash_of(KNOWN).upper())}, "PersistedQueryNotFound"),
        ({"extensions": named("")}, "PersistedQueryNotFound"),
        ({"extensions": named(None)}, "`persistedQuery.sha256Hash` must be a string."),
        ({"extensions": named(["x"])}, "`persistedQuery.sha256Hash` must be a string."),
        (
            {"extensions": named(hash_of(KNOWN), 2)},
            "`persistedQuery` must be an object of version 1.",
        ),
        ({"extensions": {"persistedQuery": 1}}, "`persistedQuery` must be an object of version 1."),
        ({"extensions": {}}, "`query` must be a GraphQL document."),
        ({"extensions": named(hash_of(""))}, "PersistedQueryNotFound"),
    ],
)
async def test_what_names_no_document_is_400(
    console: Api, body: dict[str, Any], message: str
) -> None:
    response = await ask(console, **body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == message


async def test_some_callers_may_run_trusted_documents_alone(app: Application, caller: Api) -> None:
    asgi = graphql_app(services(app, documents=DOCUMENTS, documents_only=lambda _caller: True))
    only = replace(caller, asgi=asgi)
    variables = {"org": caller.org}

    by_hash = await ask(only, extensions=named(hash_of(KNOWN)), variables=variables)
    by_text = await ask(only, query=KNOWN, variables=variables)
    other = await ask(only, query=OTHER)
    changed = await ask(only, query=f"{KNOWN} ", variables=variables)

    assert "data" in by_hash.json()
    assert "data" in by_text.json()
    for refused in (other, changed):
        assert refused.status_code == 403
        assert refused.json()["errors"] == [
            {
                "message": "With a session only the console's own documents can be run.",
                "extensions": {"code": "FORBIDDEN"},
            }
        ]


def settings_with(path: Path) -> Settings:
    return Settings(graphql_documents=path)


def test_the_file_is_read_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps(DOCUMENTS))

    assert trusted_documents(settings_with(path)) == DOCUMENTS
    assert trusted_documents(Settings()) == {}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "it is not JSON"),
        ("[]", "it must be an object of hashes and texts"),
        ('{"a": 1}', "it must be an object of hashes and texts"),
        (json.dumps({hash_of(OTHER): KNOWN}), f"{hash_of(OTHER)} is not the SHA-256"),
        (json.dumps({hash_of(KNOWN).upper(): KNOWN}), "is not the SHA-256 of its document"),
    ],
)
def test_a_bad_file_stops_the_start(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / "documents.json"
    path.write_text(content)

    with pytest.raises(StartError) as raised:
        trusted_documents(settings_with(path))

    assert str(raised.value).startswith(f"ROLLCALL_GRAPHQL_DOCUMENTS: {path} cannot be used: ")
    assert why in str(raised.value)


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be read \\(No such file or directory\\)"):
        trusted_documents(settings_with(tmp_path / "documents.json"))
