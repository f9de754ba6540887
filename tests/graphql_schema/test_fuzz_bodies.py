"""Whatever is sent to the admin API as a body: an answer in JSON, and no fault of the server."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scim_facade.protocol.strategies import json_values
from tests.support.blocking import Blocking, blocking
from tests.support.effort import examples
from tests.support.graphql import MODERN, Api, api, send

QUERIES = ["{ viewer { label } }", "query A { viewer { label } } query B { server { version } }"]
texts = st.text(max_size=12) | st.sampled_from(["\x00", "\ud800", "\U0010ffff", "A", *QUERIES])
values = json_values | texts | st.sampled_from([2**63, -(2**63), 1e308, 10**30])
operations = st.fixed_dictionaries(
    {},
    optional={
        "query": st.sampled_from(QUERIES) | values,
        "operationName": st.sampled_from(["A", "B", "C"]) | values,
        "variables": st.dictionaries(texts, values, max_size=3) | values,
        "extensions": st.dictionaries(st.just("persistedQuery") | texts, values, max_size=2),
        "id": values,
    },
)
written = (operations | values | st.lists(operations, max_size=3)).map(json.dumps).map(str.encode)
bodies = written | st.binary(max_size=40) | st.builds(lambda body: body[:-2] + b"}", written)


@pytest.fixture(scope="module")
def caller(database_url: str) -> Iterator[tuple[Blocking, Api]]:
    with blocking(database_url) as runner:
        yield runner, runner.run(api(runner.app))


@examples(60)
@given(body=bodies, accept=st.sampled_from([MODERN, "application/json", "text/event-stream"]))
def test_no_body_is_a_fault_of_the_server(
    caller: tuple[Blocking, Api], caplog: pytest.LogCaptureFixture, body: bytes, accept: str
) -> None:
    runner, who = caller
    headers = {"authorization": f"Bearer {who.secret}", "accept": accept}
    headers["content-type"] = "application/json"

    with caplog.at_level(logging.WARNING, "rollcall"):
        response = runner.run(send(who.asgi, body, headers))

    assert response.status_code in {200, 400, 403}, response.text
    if "event-stream" not in response.headers["content-type"]:
        answer: Any = response.json()
        assert answer.keys() <= {"data", "errors", "extensions"}
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        assert "INTERNAL" not in codes, body
    assert who.secret not in response.text
    assert not [each for each in caplog.records if each.name.startswith("rollcall")]
