"""Operations made at random from the schema, on a real database: none is a fault of the server.

schemathesis makes them; what it knows nothing of, the ids, is put in. `make fuzz` tries many more.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from graphql import (
    ArgumentNode,
    FieldNode,
    NameNode,
    ObjectFieldNode,
    ObjectValueNode,
    StringValueNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes

import graphql_schema
from graphql_schema.app import graphql_app
from tests.graphql_schema.one_of_each import settle
from tests.support import factories
from tests.support.blocking import Blocking, blocking
from tests.support.effort import LONG
from tests.support.graphql import MODERN, Api, api, send, services

FEW = 8
TRACES = re.compile(
    r"Traceback|asyncpg|RuntimeError|KeyError|TypeError|\.py\b|SELECT |INSERT |DETAIL:"
)
MADE_UP = ["", "x", "mbr_", "org_aaaa", "grp_" + "a" * 52, "key_" + "a" * 60, "tok_\U0001f600"]
NAMES = "SELECT user_name, display_name, email FROM members WHERE organization_id = $1"

# An id in a made operation is a number, which stands for the one in the list of those there are.
schemathesis.graphql.scalar("ID", st.integers(0, 30).map(lambda n: nodes.String(f"id {n}")))
schemathesis.graphql.scalar(
    "JSON",
    st.sampled_from(["x", '{"keys": []}', '{"keys": [{"kty": "RSA"}]}']).map(nodes.String),
)
MADE = schemathesis.graphql.from_file(
    (Path(graphql_schema.__file__).parent / "schema.graphql").read_text()
)
OPERATIONS: dict[str, Any] = {
    found.ok().label: found.ok() for found in MADE.get_all_operations() if isinstance(found, Ok)
}


@dataclass(slots=True)
class Ground:
    """An organization to try things in, one that nobody may hear of, and what was answered."""

    runner: Blocking
    caller: Api
    ids: list[str]
    secrets: set[str]
    codes: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def ground(database_url: str) -> Iterator[Ground]:
    with blocking(database_url) as runner:
        yield runner.run(_ground(runner))


async def _ground(runner: Blocking) -> Ground:
    app = runner.app
    asgi = graphql_app(services(app))
    caller, other = await api(app, asgi=asgi), await api(app, asgi=asgi)
    mine, theirs = await settle(app, caller), await settle(app, other)
    rows = await factories.Looks(app.pool, other.organization_id).rows(NAMES)
    secrets = {value for row in rows for value in row.values() if value}
    known = [*mine.values(), *theirs.values()]
    named = {str(other.organization_id), (await other.ask_here("name"))["name"]}
    assert len(secrets) > 1
    return Ground(runner, caller, [*known, *MADE_UP], secrets | named)


class PutIn(Visitor):
    """Puts in ids that there are, and leaves a reference one value, as the schema cannot say."""

    def __init__(self, ids: list[str]) -> None:
        super().__init__()
        self._ids = ids

    def enter_string_value(self, node: StringValueNode, *_: Any) -> StringValueNode | None:
        if re.fullmatch(r"id \d+", node.value):
            return StringValueNode(value=self._ids[int(node.value[3:]) % len(self._ids)])
        return None

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        if not any(argument.name.value == "by" for argument in node.arguments or ()):
            return None
        arguments = tuple(self._referring(node, argument) for argument in node.arguments or ())
        return replace(node, arguments=arguments)

    def _referring(self, node: FieldNode, argument: ArgumentNode) -> ArgumentNode:
        value = argument.value
        if argument.name.value != "by" or not isinstance(value, ObjectValueNode):
            return argument
        given = [each for each in value.fields if each.value.kind != "null_value"][:1]
        if node.name.value == "organization":
            id_ = StringValueNode(value=self._ids[0])
            given = [ObjectFieldNode(name=NameNode(value="id"), value=id_)]
        return replace(argument, value=ObjectValueNode(fields=tuple(given)))


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_operation_is_a_fault_of_the_server(
    ground: Ground, caplog: pytest.LogCaptureFixture, label: str
) -> None:
    headers = {"authorization": f"Bearer {ground.caller.secret}", "accept": MODERN}

    @settings(
        max_examples=int(LONG) if LONG else FEW,
        derandomize=not LONG,
        database=None,
        deadline=None,
        phases=[Phase.generate] if not LONG else list(Phase),
        suppress_health_check=list(HealthCheck),
    )
    @given(OPERATIONS[label].as_strategy())
    def attempt(case: Any) -> None:
        query = print_ast(visit(parse(case.body), PutIn(ground.ids)))
        response = ground.runner.run(send(ground.caller.asgi, {"query": query}, headers))

        assert response.status_code in {200, 400, 403}, (query, response.text)
        errors = response.json().get("errors", [])
        for error in errors:
            code = error["extensions"]["code"]
            ground.codes[code] = ground.codes.get(code, 0) + 1
            assert code != "INTERNAL", (query, caplog.text)
        assert not TRACES.search(" ".join(error["message"] for error in errors)), response.text
        for secret in ground.secrets:
            assert secret in query or secret not in response.text, (query, secret)

    with caplog.at_level(logging.WARNING, "rollcall"):
        attempt()
    assert not [record for record in caplog.records if record.name.startswith("rollcall")]
