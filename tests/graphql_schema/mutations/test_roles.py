"""What members of each role may do with a token of their own: every mutation, tried."""

from __future__ import annotations

from typing import Any

import pytest

from domain.vocabulary import MemberRole, Scope
from graphql_schema.checks import price_list
from graphql_schema.schema import schema
from tests.graphql_schema.mutations.asking import assert_unchanged
from tests.graphql_schema.mutations.every import ERRORS, FIRST
from tests.graphql_schema.mutations.world import World

EVERY = frozenset(Scope)
SCOPES = {name: price.scopes for name, price in price_list(schema).fields["Mutation"].items()}
FURTHER = {"inviteMember": {Scope.GROUPS_WRITE}}
"""Scopes that the scenario needs besides, by what stands in its input."""
GRANT = {"changeMemberRole", "createAccessToken"}
"""What grants more, in the scenario, than a caller with that one scope holds."""

KEYS = {"createOrganizationKey", "rotateOrganizationKey"}
"""What only an owner may, whatever the scope, and then with keys of their own, which none has."""

# By role: what a confirmed member of it may have done, by the scope that the mutation asks for.
MAY = {
    MemberRole.OWNER: EVERY,
    MemberRole.ADMIN: EVERY - {Scope.ORGANIZATION_WRITE},
    MemberRole.USER: frozenset[Scope](),
}


async def tried(world: World, mutation: str, role: MemberRole, scopes: frozenset[Scope]) -> Any:
    """The answer to the mutation, asked for with the token of a member of that role."""
    given = await FIRST[mutation].given(world)
    await world.act_as(role, scopes)
    type_name = str(schema._schema.mutation_type.fields[mutation].args["input"].type)  # type: ignore[union-attr]
    query = f"mutation ($input: {type_name}) {{ {mutation}(input: $input) {{ changed {ERRORS} }} }}"
    before = await world.dump()
    body = (await world.caller.post(query, {"input": given})).json()
    if "data" not in body or body["data"] is None:
        await assert_unchanged(world, before)
        return [error["extensions"]["code"] for error in body["errors"]]
    payload = body["data"][mutation]
    return payload["changed"], [error["code"] for error in payload["errors"]]


DONE: tuple[bool, list[str]] = (True, [])
REFUSED = ["FORBIDDEN"]


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("mutation", sorted(FIRST))
async def test_what_a_role_may(world: World, mutation: str, role: MemberRole) -> None:
    found = await tried(world, mutation, role, EVERY)

    done = (False, ["KEY_REQUIRED"]) if mutation in KEYS else DONE
    assert found == (done if SCOPES[mutation] <= MAY[role] else REFUSED * len(SCOPES[mutation]))


@pytest.mark.parametrize("mutation", sorted(FIRST))
async def test_a_custom_member_may_what_its_permissions_say(world: World, mutation: str) -> None:
    enough = SCOPES[mutation] | FURTHER.get(mutation, set())

    found = await tried(world, mutation, MemberRole.CUSTOM, frozenset(enough))

    if mutation in GRANT | KEYS:
        assert found == (False, ["FORBIDDEN"])
    else:
        assert found == DONE


@pytest.mark.parametrize("mutation", sorted(FIRST))
async def test_and_nothing_else(world: World, mutation: str) -> None:
    found = await tried(world, mutation, MemberRole.CUSTOM, EVERY - SCOPES[mutation])

    assert found == REFUSED * len(SCOPES[mutation])
