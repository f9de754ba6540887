"""The examples of docs/graphql.md run, cost what they may, and its tables are complete."""

import re
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from domain.application import Application
from domain.vocabulary import MemberStatus
from graphql_schema.enums import UserErrorCode
from graphql_schema.ids import Kind
from tests.graphql_schema.test_limits import measured
from tests.support import factories
from tests.support.graphql import Api

PAGE = (Path(__file__).parents[2] / "docs" / "graphql.md").read_text("utf-8")
EXAMPLES = {
    node.name.value: text
    for text in re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)
    for node in parse(text).definitions
    if isinstance(node, OperationDefinitionNode) and node.name is not None
}


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_example_runs(app: Application, caller: Api, name: str) -> None:
    member = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED, name="ada")
    await factories.member(app, caller.organization_id, MemberStatus.STAGED)
    await caller.change("enableScim", "", organizationId=caller.org)
    inputs: dict[str, Any] = {
        "Confirm": {"memberId": caller.member_id(member.id)},
    }

    found = await caller.ask(
        EXAMPLES[name], org=caller.org, id=caller.org, key="k", count=1, input=inputs.get(name)
    )

    for payload in found.values():
        assert payload is not None
        assert not payload.get("errors")


def test_the_cost_that_is_told_is_right() -> None:
    query = (
        '{ organization(by: {slug: "x"}) { members(first: 100) { nodes {'
        " email groups { nodes { displayName } } } } } }"
    )

    assert f"{measured(query).cost:,}" in PAGE


def test_the_tables_are_complete() -> None:
    codes = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE))

    assert {code.value for code in UserErrorCode} - codes == set()
    assert [kind.value for kind in Kind if f"`{kind.value}_`" not in PAGE] == []
