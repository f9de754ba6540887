"""Every id of another organization, wherever it can stand, is answered as one of nothing.

Generated from the schema: each place of an id in each argument of a query and each input of a
mutation. What the answer is to an id of another organization it must be to one that never was, and
nothing of the other organization may change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_required_input_field,
)

from domain.application import Application
from domain.caller import Actor, Caller
from domain.commands import CreateAccessToken
from domain.ids import UUID, new_id
from domain.vocabulary import ActorKind, Origin, Scope
from graphql_schema.ids import Kind, make_id, read_id
from tests.graphql_schema.one_of_each import settle
from tests.graphql_schema.schema_walk import SCHEMA, leaves, ways
from tests.support import factories
from tests.support.graphql import Api, api

ID_TYPES = {"ID", "UUID"}
WAYS = ways()
PREFIXES = {kind.value for kind in Kind}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an id can stand: an argument of a field, and the path inside its value."""

    type_name: str
    field: str
    argument: str
    path: tuple[str, ...]
    scalar: str

    def __str__(self) -> str:
        return ".".join((self.type_name, self.field, self.argument, *self.path))


def places() -> Iterator[Place]:
    for type_name in ("Mutation", *WAYS):
        for field_name, field in getattr(SCHEMA.type_map[type_name], "fields", {}).items():
            for argument, given in field.args.items():
                for path, scalar in leaves(given.type):
                    if scalar in ID_TYPES:
                        yield Place(type_name, field_name, argument, path, scalar)


PLACES = {str(place): place for place in places()}


@dataclass(slots=True)
class World:
    """Two organizations with one of each thing, and a caller of the first."""

    caller: Api
    mine: dict[str, str]
    theirs: dict[str, str]
    other: Api


TABLES = """
SELECT c.table_name FROM information_schema.columns AS c
JOIN information_schema.tables AS t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND c.column_name = 'organization_id'
AND t.table_type = 'BASE TABLE' ORDER BY 1
"""
ROWS = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} AS t WHERE {} = $1"


async def contents(app: Application, organization_id: UUID) -> dict[str, str | None]:
    """A digest of all that each table holds of an organization."""
    names = [row["table_name"] for row in await app.pool.fetch(TABLES)]
    assert {"members", "groups", "audit_events", "access_tokens"} <= set(names)
    statements = {name: ROWS.format(name, "organization_id") for name in names}
    statements["organizations"] = ROWS.format("organizations", "id")
    return {
        name: await app.pool.fetchval(text, organization_id) for name, text in statements.items()
    }


def example(type_: GraphQLInputType, name: str, ids: dict[str, str]) -> Any:
    """A value that is accepted for a required field of that name."""
    if isinstance(type_, GraphQLNonNull):
        return example(type_.of_type, name, ids)
    if isinstance(type_, GraphQLList):
        return [example(type_.of_type, name, ids)]
    if isinstance(type_, GraphQLInputObjectType):
        return {
            field_name: example(field.type, field_name, ids)
            for field_name, field in type_.fields.items()
            if is_required_input_field(field)
        }
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    match type_.name, name:
        case "ID", _:
            return ids[own(name)]
        case "Int", _:
            return 1
        case "Boolean", _:
            return True
        case "DateTime", _:
            return "2099-01-01T00:00:00Z"
        case _, "email":
            return f"{factories.unique('x')}@example.com"
        case _:
            return factories.unique("x")


def own(name: str) -> str:
    """The prefix of what a field of that name names."""
    for word, prefix in NAMES.items():
        if word in name.lower():
            return prefix
    raise AssertionError(f"say in NAMES what {name} names")


NAMES = {
    "organization": "org",
    "member": "mbr",
    "group": "grp",
    "scimapikey": "key",
    "accesstoken": "tok",
}


def with_id(type_: GraphQLInputType, path: tuple[str, ...], id_: str, ids: dict[str, str]) -> Any:
    """A value whose required fields are good, with the id at the end of the path."""
    if isinstance(type_, GraphQLNonNull):
        return with_id(type_.of_type, path, id_, ids)
    if not path:
        return id_
    if isinstance(type_, GraphQLList):
        return [with_id(type_.of_type, path[1:], id_, ids)]
    assert isinstance(type_, GraphQLInputObjectType)
    rest = {
        name: example(field.type, name, ids)
        for name, field in type_.fields.items()
        if name != path[0] and is_required_input_field(field)
    }
    return rest | {path[0]: with_id(type_.fields[path[0]].type, path[1:], id_, ids)}


def operation(place: Place) -> str:
    """The operation with the argument as `$v`."""
    field = SCHEMA.type_map[place.type_name].fields[place.field]  # type: ignore[attr-defined]
    argument = field.args[place.argument]
    called = f"{place.field}({place.argument}: $v)"
    result = get_named_type(field.type)
    if place.type_name == "Mutation":
        others = [
            f"{name} {{ __typename }}" if hasattr(get_named_type(each.type), "fields") else name
            for name, each in result.fields.items()
            if name != "errors"
        ]
        shown = f"{' '.join(others)} errors {{ __typename code message path }}"
        return f"mutation ($v: {argument.type}) {{ {called} {{ {shown} }} }}"
    shown = "__typename"
    if hasattr(result, "fields") and "nodes" in result.fields:
        shown += " nodes { __typename }" + " totalCount" * ("totalCount" in result.fields)
    inner = f"{called} {{ {shown} }}"
    for step in reversed(WAYS[place.type_name].steps):
        inner = f"{step} {{ {inner} }}"
    org = "$org: ID!, " if "$org" in inner else ""
    return f"query ({org}$v: {argument.type}) {{ {inner} }}"


def twins(place: Place, world: World) -> Iterator[tuple[str, str]]:
    """Ids of the other organization, each with one of the same form that names nothing."""
    if place.scalar == "UUID":
        for name in ("scimId", "correlationId"):
            yield world.theirs[name], str(new_id())
        return
    for prefix in sorted(PREFIXES & world.theirs.keys()):
        kind, id_ = Kind(prefix), world.theirs[prefix]
        found = read_id(id_)
        assert found is not None
        assert found.organization_id == world.other.organization_id
        yield id_, make_id(kind, new_id(), new_id())
        if prefix != "org":
            # Somebody who puts another's object into an id of the own organization.
            here = world.caller.organization_id
            yield make_id(kind, here, found.id), make_id(kind, here, new_id())


@pytest.fixture(scope="module")
async def world(app: Application) -> World:
    mine, other = await api(app), await api(app)
    return World(mine, await settle(app, mine), await settle(app, other), other)


@pytest.fixture(scope="module")
async def member_secret(app: Application, world: World) -> str:
    """A token that a member, an owner, made."""
    here = world.caller.organization_id
    owner = await factories.owner(app, here)
    maker = Caller(Actor(ActorKind.MEMBER, owner.id, owner.label), Origin.CONSOLE, here)
    command = CreateAccessToken(here, "mine", frozenset(Scope))
    return (await app.execute(command, maker)).value.secret


async def answer(caller: Api, place: Place, world: World, id_: str) -> str:
    """What is answered to the id, in which the id itself is `ID`."""
    field = SCHEMA.type_map[place.type_name].fields[place.field]  # type: ignore[attr-defined]
    value = with_id(field.args[place.argument].type, place.path, id_, world.mine)
    query = operation(place)
    variables = {"v": value} | ({"org": caller.org} if "$org" in query else {})
    response = await caller.post(query, variables)
    assert '"INTERNAL"' not in response.text
    return response.text.replace(id_, "ID")


def names_more(place: Place) -> bool:
    """Whether a required id of the input says which organization it is about."""
    if place.type_name != "Mutation":
        return "organization(by: {id: $org})" in WAYS[place.type_name].steps
    mutation = SCHEMA.type_map["Mutation"]
    type_: Any = get_named_type(mutation.fields[place.field].args["input"].type)  # type: ignore[attr-defined]
    return any(
        is_required_input_field(field) and get_named_type(field.type).name == "ID"
        for field_name, field in type_.fields.items()
        if field_name != place.path[0]
    )


def callers(name: str) -> Iterator[str]:
    """Who asks; of a token of all organizations another id must say which one is meant."""
    yield "a token"
    yield "a member's token"
    place = PLACES[name]
    if place.path[-1:] != ("organizationId",) and names_more(place):
        yield "a token of all organizations"


@pytest.mark.parametrize(("name", "who"), [(name, who) for name in PLACES for who in callers(name)])
async def test_an_id_of_another_organization_is_one_of_nothing(
    app: Application, world: World, member_secret: str, name: str, who: str
) -> None:
    place, caller = PLACES[name], world.caller
    match who:
        case "a member's token":
            caller = replace(caller, secret=member_secret)
        case "a token of all organizations":
            caller = await caller.everywhere()
        case _:
            pass
    before = await contents(app, world.other.organization_id)

    for theirs, nothing in twins(place, world):
        assert await answer(caller, place, world, theirs) == await answer(
            caller, place, world, nothing
        )

    assert await contents(app, world.other.organization_id) == before


def test_the_places_are_found() -> None:
    assert {
        "Query.node.id",
        "Query.organization.by.id",
        "Organization.member.by.id",
        "Organization.member.by.scimId",
        "Organization.auditEvents.filter.correlationId",
        "Organization.members.filter.groupId",
        "Mutation.bulkConfirmMembers.input.members.*.memberId",
        "Mutation.changeGroupMembers.input.add.*",
        "Mutation.revokeAccessToken.input.accessTokenId",
    } <= PLACES.keys()
    assert len(PLACES) > 50
