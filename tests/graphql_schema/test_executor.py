"""Lists completed column by column say, byte for byte, what the stock executor says."""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from inspect import getsource
from typing import Any
from uuid import uuid4

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import collect_subfields
from graphql.execution.incremental import IncrementalExecutor
from hypothesis import given
from hypothesis import strategies as st
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from domain.queries.member_pages import MEMBER_LIST
from domain.queries.rows import MemberRow, twin_of
from domain.store.sealer import seal_pending
from domain.vocabulary import MemberStatus
from graphql_schema.app import graphql_app
from graphql_schema.executor import RowExecutor
from graphql_schema.ids import Kind, make_id
from graphql_schema.schema import schema
from graphql_schema.services import Limits
from tests.support import factories
from tests.support.blocking import Blocking, blocking
from tests.support.effort import examples
from tests.support.graphql import Api, api, services

HUGE = 10**6
LIMITS = Limits(tokens=HUGE, depth=HUGE, aliases=HUGE, root_fields=HUGE, cost=10**9)
LISTS = ("members", "groups", "invitations", "pendingConfirmations", "auditEvents")
PAGE = "id scimId userName email displayName role permissions status createdAt acceptedAt version"


class Pair:
    """Two callers of one application: with plans and without."""

    def __init__(self, runner: Blocking) -> None:
        self._runner = runner
        self.planned: Api = runner.run(self._made(plans=True))
        stock = graphql_app(services(runner.app, limits=LIMITS, plans=False))
        self.stock = replace(self.planned, asgi=stock)

    async def _made(self, *, plans: bool) -> Api:
        app = self._runner.app
        asgi = graphql_app(services(app, limits=LIMITS, plans=plans))
        caller = await api(app, asgi=asgi)
        ids = await factories.members(app, caller.organization_id, 4)
        for status in MemberStatus:
            await factories.member(app, caller.organization_id, status)
        for number in range(3):
            await factories.group(app, caller.organization_id, frozenset(ids[number:]))
        await seal_pending(app.pool)
        return caller

    def both(self, query: str, **variables: Any) -> tuple[str, str]:
        """The two bodies, without the random id of a failure."""
        bodies = [
            self._runner.run(caller.post(query, {"org": caller.org, **variables})).text
            for caller in (self.planned, self.stock)
        ]
        planned, stock = (re.sub(r'"correlationId":"[^"]*"', "", body) for body in bodies)
        return planned, stock


@pytest.fixture(scope="module")
def pair(database_url: str) -> Iterator[Pair]:
    with blocking(database_url) as runner:
        yield Pair(runner)


def _fields(type_: Any) -> list[tuple[str, Any]]:
    return [
        (name, field)
        for name, field in type_.fields.items()
        if not any(is_required_argument(argument) for argument in field.args.values())
    ]


@st.composite
def selections(draw: Any, type_: Any, depth: int, numbers: Any) -> str:
    """A selection of a type's fields: repeated, renamed, conditional, in fragments."""
    found: list[str] = []
    for _ in range(draw(st.integers(1, 5))):
        condition = draw(
            st.sampled_from(("",) * 4 + ("@include(if: $yes)", "@skip(if: $yes)", "@skip(if: $no)"))
        )
        kind = draw(st.sampled_from(("field",) * 5 + ("typename", "inline", "narrowed")))
        if kind == "typename":
            found.append(f"__typename {condition}")
        elif kind == "inline" and depth:
            found.append(f"... {condition} {draw(selections(type_, depth - 1, numbers))}")
        elif kind == "narrowed" and depth and isinstance(type_, GraphQLObjectType):
            wider: Any = draw(st.sampled_from([type_, *type_.interfaces]))
            inner = draw(selections(wider, depth - 1, numbers))
            found.append(f"... on {wider.name} {condition} {inner}")
        else:
            name, field = draw(st.sampled_from(_fields(type_)))
            named: Any = get_named_type(field.type)
            alias = draw(st.sampled_from(("", f"a{next(numbers)}: ")))
            if is_leaf_type(named):
                found.append(f"{alias}{name} {condition}")
            elif depth and isinstance(named, GraphQLObjectType | GraphQLInterfaceType):
                first = "(first: 3)" if "first" in field.args else ""
                inner = draw(selections(named, depth - 1, numbers))
                found.append(f"b{next(numbers)}: {name}{first} {condition} {inner}")
    return "{" + " ".join(found or ["__typename"]) + "}"


@st.composite
def queries(draw: Any) -> str:
    """A query for a list of the organization."""
    numbers = iter(range(10_000))
    name = draw(st.sampled_from(LISTS))
    organization: Any = schema._schema.type_map["Organization"]
    connection = get_named_type(organization.fields[name].type)
    inner = draw(selections(connection, 4, numbers))
    nodes = draw(selections(get_named_type(connection.fields["nodes"].type), 3, numbers))
    return (
        "query ($org: ID!, $yes: Boolean!, $no: Boolean!) { organization(by: {id: $org})"
        " @include(if: $yes) @skip(if: $no) {"
        f" list: {name}(first: 4) {inner} more: {name}(first: 4) {{ nodes {nodes} }} }} }}"
    )


@given(query=queries())
@examples(50)
def test_any_query_is_answered_alike(pair: Pair, query: str) -> None:
    planned, stock = pair.both(query, yes=True, no=False)

    assert planned == stock
    assert "BAD_REQUEST" not in planned, planned


POISON: dict[str, dict[str, Any]] = {
    "a number too large": {"version": 2**40},
    "a number that is none": {"version": "x"},
    "a truth for a number": {"version": True},
    "null where none may be": {"user_name": None},
    "a failure as a value": {"email": ValueError("broken")},
    "a word of no enum": {"role": "EMPEROR"},
    "a word in place of its enum member": {"role": "USER"},
    "a list of unknown words": {"permissions": ["no-such:scope"]},
    "a text for an instant": {"created_at": "yesterday"},
    "an object for a text": {"display_name": object()},
    "a number for a text": {"display_name": 5},
    "no uuid": {"id": "x"},
}


TAKEN = {"a truth for a number", "a word in place of its enum member", "a number for a text"}
"""What graphql-core makes the best of."""


@pytest.mark.parametrize("name", POISON)
@pytest.mark.parametrize("place", [0, 2, 3])
def test_what_is_wrong_with_a_row_is_said_alike(
    pair: Pair, name: str, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Any = MEMBER_LIST._row
    known: dict[Any, int] = {}

    def poisoned(record: Any) -> MemberRow:
        row: MemberRow = read(record)
        # The same row in both runs.
        number = known.setdefault(record["id"], len(known))
        return replace(row, **POISON[name]) if number % 5 == place else row

    monkeypatch.setattr(MEMBER_LIST, "_row", poisoned)
    query = (
        "query ($org: ID!) { organization(by: {id: $org}) {"
        f" members(first: 4) {{ nodes {{ {PAGE} }}"
        " edges { cursor node { userName role } } } } }"
    )

    planned, stock = pair.both(query)

    assert planned == stock
    assert ("errors" in planned) is (name not in TAKEN), planned


async def test_a_page_of_rows_is_not_completed_value_by_value(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await factories.application(database_url)
    caller = await api(app)
    await factories.members(app, caller.organization_id, 3)
    completed: list[Any] = []
    stock = Executor.complete_leaf_value

    def counting(return_type: Any, result: Any) -> Any:
        completed.append(result)
        return stock(return_type, result)

    monkeypatch.setattr(Executor, "complete_leaf_value", staticmethod(counting))

    edges = "edges { cursor node { id } }"
    found = await caller.ask_here(
        f"members {{ nodes {{ {PAGE} }} pageInfo {{ endCursor }} {edges} }}"
    )

    assert len(found["members"]["nodes"]) == 3
    # The end of the page alone, which is no list.
    assert completed == [found["members"]["pageInfo"]["endCursor"]]
    await app.pool.close()


def test_a_row_made_of_its_twin_is_a_row_like_any_other() -> None:
    values: dict[str, Any] = {
        name: number for number, name in enumerate(MemberRow.__dataclass_fields__)
    }
    made = twin_of(MemberRow)(**values)
    made.__class__ = MemberRow

    assert made == MemberRow(**values)
    assert hash(made) == hash(MemberRow(**values))
    with pytest.raises(AttributeError):
        made.version = 5


def test_ids_are_base32_of_both_uuids() -> None:
    for _ in range(200):
        organization_id, id_ = uuid4(), uuid4()
        data = b32encode(organization_id.bytes + id_.bytes).decode().rstrip("=").lower()
        assert make_id(Kind.MEMBER, organization_id, id_) == f"mbr_{data}"


RELIED_ON = {
    Executor.execute_fields: "797f54fbd779",
    Executor.execute_field: "5281dc836ecc",
    Executor.complete_value: "06c34f7681a1",
    Executor.complete_list_value: "3ee91ce2f0fa",
    Executor.complete_iterable_value: "bdb49d2d91f1",
    Executor.complete_list_item_value: "8883b4d65a1a",
    Executor.complete_leaf_value: "a8c54d5838ad",
    Executor.complete_object_value: "55e77f58eca1",
    Executor.collect_subfields: "53924d281ad7",
    collect_subfields: "1657a3c68d28",
    IncrementalExecutor.execute_collected_subfields: "4be78f15f06f",
    StrawberryGraphQLCoreExecutionContext: "61e417afeaa6",
}
"""What `RowExecutor` does in other words, or is called by. Where one of these changed, read what
changed, bring `executor.py` in line, and put the new sum here."""


@pytest.mark.parametrize("relied_on", RELIED_ON, ids=lambda each: each.__qualname__)
def test_the_executor_below_is_the_one_that_was_read(relied_on: Any) -> None:
    assert sha256(getsource(relied_on).encode()).hexdigest()[:12] == RELIED_ON[relied_on]
    assert issubclass(RowExecutor, StrawberryGraphQLCoreExecutionContext)
