"""Every limit holds one unit above and lets pass at the limit itself."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, get_introspection_query, parse

from domain.application import Application
from graphql_schema.checks import price_list
from graphql_schema.measure import Measure, Measuring
from graphql_schema.schema import schema
from graphql_schema.services import Limits
from tests.support.graphql import Api, api


def measured(query: str, **variables: Any) -> Measure:
    document = parse(query)
    measuring = Measuring(price_list(schema), document, variables)
    operation = next(
        node for node in document.definitions if isinstance(node, OperationDefinitionNode)
    )
    return measuring.operation(operation)


MEMBERS = "{ organization(by: {slug: %s}) { members(first: $n) { %s } } }"


@pytest.mark.parametrize(
    ("selection", "cost"),
    [
        ("nodes { id email }", 2 + 10),
        ("edges { cursor node { id } }", 2 + 10),
        ("edges { cursor }", 2 + 10),
        ("nodes { id } edges { cursor }", 2 + 20),
        ("totalCount pageInfo { hasNextPage }", 2 + 2 + 1),
        ("nodes { organization { id } }", 2 + 10 * 2),
        ("nodes { groups { nodes { id } } }", 2 + 10 * (1 + 1 + 25)),
        ("nodes { groups(last: 3) { nodes { id } } }", 2 + 10 * (1 + 1 + 3)),
        ("nodes { id @skip(if: true) groups @skip(if: $yes) { nodes { id } } }", 2 + 10),
        ("nodes { groups @include(if: $no) { nodes { id } } }", 2 + 10),
        ("nodes { groups @include(if: $yes) { nodes { id } } }", 2 + 10 * 27),
        ("nodes { ... { groups { nodes { id } } } }", 2 + 10 * 27),
        ("... on MemberConnection { nodes { id } }", 2 + 10),
    ],
)
def test_cost_is_weights_times_page_sizes(selection: str, cost: int) -> None:
    query = "query ($n: Int, $yes: Boolean!, $no: Boolean!) " + MEMBERS % ('"x"', selection)

    assert measured(query, n=10, yes=True, no=False).cost == cost


def test_a_default_of_a_variable_counts() -> None:
    query = "query ($n: Int = 40) " + MEMBERS % ('"x"', "nodes { id }")

    assert measured(query).cost == 2 + 40
    assert measured(query, n=3).cost == 2 + 3


def test_fragments_count_wherever_they_are_spread() -> None:
    query = (
        '{ organization(by: {slug: "x"}) { a: members(first: 5) { ...F } members(first: 7) '
        "{ ...F } } } fragment F on MemberConnection { nodes { ...M } } "
        "fragment M on Member { groups(first: 2) { nodes { id } } }"
    )

    found = measured(query)

    assert found.cost == 1 + (1 + 5 * 4) + (1 + 7 * 4)
    assert (found.depth, found.aliases, found.fields) == (6, 1, 1)


def test_fragments_that_double_each_other_are_measured_at_once() -> None:
    doubling = " ".join(
        f"fragment F{n} on Organization {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60)
    )
    query = (
        f'{{ organization(by: {{slug: "x"}}) {{ ...F0 }} }} {doubling} '
        "fragment F60 on Organization { members { nodes { id } } }"
    )

    assert measured(query).cost == 1 + 2**60 * 26


def test_a_bulk_mutation_costs_by_what_it_names() -> None:
    query = (
        "mutation ($input: BulkMembersInput!) { inviteStagedMembers(input: $input)"
        " { results { member { id } } } }"
    )

    assert measured(query, input={"memberIds": ["a", "b", "c"]}).cost == 100 + 1 + 3


async def refusal(caller: Api, query: str) -> str | None:
    """The message of the LIMIT_EXCEEDED error, None when the operation was executed."""
    body = (await caller.post(query)).json()
    if "errors" not in body:
        return None
    (error,) = body["errors"]
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED"}
    assert "data" not in body
    message: str = error["message"]
    return message


@pytest.mark.parametrize(
    ("limits", "fits", "exceeds", "message"),
    [
        (
            Limits(depth=3),
            "{ viewer { organization { id } } }",
            "{ viewer { organization { seats { limit } } } }",
            "at most 3 levels of fields; this one has 4",
        ),
        (
            Limits(aliases=2),
            "{ a: viewer { b: scopes } }",
            "{ a: viewer { b: scopes c: scopes } }",
            "at most 2 aliases; this one has 3",
        ),
        (
            Limits(root_fields=2),
            "{ viewer { scopes } auditActions { action } }",
            "{ ...F node(id: 1) { id } } fragment F on Query { node(id: 1) { id } __typename }",
            "at most 2 root fields; this one has 3",
        ),
        (
            Limits(tokens=6),
            "{ auditActions { action } }",
            "{ auditActions { action subject } }",
            "at most 6 tokens",
        ),
        (
            Limits(cost=27),
            "{ viewer { scopes } organizations { nodes { id } } }",
            "{ viewer { scopes } organizations(first: 26) { nodes { id } } }",
            "at most 27 points of cost; this one has 28",
        ),
    ],
    ids=["depth", "aliases", "root fields", "tokens", "cost"],
)
async def test_a_limit_is_exact(
    app: Application, limits: Limits, fits: str, exceeds: str, message: str
) -> None:
    caller = await api(app, limits=limits)

    assert await refusal(caller, fits) is None
    found = await refusal(caller, exceeds)
    assert found is not None
    assert message in found


async def test_the_limits_are_those_of_the_documentation(caller: Api) -> None:
    limits = Limits()

    assert (limits.body_bytes, limits.tokens, limits.depth) == (2**20, 2000, 10)
    assert (limits.aliases, limits.root_fields, limits.cost) == (30, 20, 5000)
    assert limits.operation_s == 10
    aliases = " ".join(f"a{n}: scopes" for n in range(30))
    assert await refusal(caller, f"{{ viewer {{ {aliases} }} }}") is None
    assert await refusal(caller, f"{{ viewer {{ {aliases} x: scopes }} }}") is not None


def test_the_example_of_the_documentation_costs_what_is_said() -> None:
    groups = "query ($n: Int) " + MEMBERS % ('"x"', "nodes { groups(first: 25) { nodes { id } } }")

    assert measured(groups, n=100).cost == 2_702
    assert measured("{ __schema { queryType { name } } }").cost == 1_000
    assert measured('{ __type(name: "Member") { name } }').cost == 100


async def test_introspection_answers_within_the_limits(caller: Api) -> None:
    found = await caller.ask(get_introspection_query())

    assert found["__schema"]["queryType"]["name"] == "Query"


async def test_introspection_cannot_be_nested_at_will(caller: Api) -> None:
    query = "{ __schema { types { %s } } }"
    nested = "name"
    for _ in range(5):
        nested = f"fields {{ type {{ {nested} }} }}"

    assert set(await caller.codes(query % nested)) == {"BAD_REQUEST"}
