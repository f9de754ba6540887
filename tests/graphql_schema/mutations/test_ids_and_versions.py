"""Every mutation: without its scope, with ids of others and of other kinds, with old versions."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commands import CreateOidcProvider
from domain.ids import UUID, new_id
from domain.vocabulary import MemberStatus, Scope
from graphql_schema.checks import price_list
from graphql_schema.ids import Kind, make_id, read_id
from graphql_schema.schema import schema
from tests.graphql_schema.mutation_errors import RESULT_ERRORS
from tests.graphql_schema.mutations.asking import ask, assert_unchanged, shows_nothing
from tests.graphql_schema.mutations.bulk import of_ids
from tests.graphql_schema.mutations.every import FIRST, INPUTS, SUBJECT
from tests.graphql_schema.mutations.invitations import GROUPLESS, into_groups
from tests.graphql_schema.mutations.world import World
from tests.support import factories
from tests.support.factories import SYSTEM

NEEDED = price_list(schema).fields["Mutation"]
KINDS = {
    "memberId": (Kind.MEMBER, "There is no such member in this organization."),
    "groupId": (Kind.GROUP, "There is no such group in this organization."),
    "scimApiKeyId": (Kind.SCIM_API_KEY, "There is no such SCIM key in this organization."),
    "accessTokenId": (Kind.ACCESS_TOKEN, "There is no such access token in this organization."),
    "oidcProviderId": (Kind.OIDC_PROVIDER, "There is no such OIDC provider in this organization."),
    "organizationId": (Kind.ORGANIZATION, "There is no such organization."),
}
VERSIONED = sorted(name for name in FIRST if "expectedVersion" in INPUTS[name])
VERSIONS = {
    "memberId": "SELECT version FROM members WHERE organization_id = $1 AND id = $2",
    "oidcProviderId": "SELECT version FROM oidc_providers WHERE organization_id = $1 AND id = $2",
    "groupId": "SELECT version FROM groups WHERE organization_id = $1 AND id = $2",
    "updateOrganization": "SELECT version FROM organizations WHERE id = $1 AND id = $2",
    "updateScimConnection": (
        "SELECT version FROM scim_connections WHERE organization_id = $1 AND $1 = $2"
    ),
}


async def whole(world: World, mutation: str, given: dict[str, Any]) -> Any:
    """The whole answer."""
    name = str(schema._schema.mutation_type.fields[mutation].args["input"].type)  # type: ignore[union-attr]
    query = f"mutation ($input: {name}) {{ {mutation}(input: $input) {{ changed }} }}"
    return (await world.caller.post(query, {"input": given})).json()


@pytest.mark.parametrize("mutation", FIRST)
async def test_without_its_scope(world: World, mutation: str) -> None:
    given = await FIRST[mutation].given(world)
    (needed,) = NEEDED[mutation].scopes
    world.caller = await world.caller.with_scopes(*(set(Scope) - {needed}))
    before = await world.dump()

    answer = await whole(world, mutation, given)

    assert answer.get("data") is None
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "scope": needed}
    assert error["message"] == f"This needs the scope {needed}."
    await assert_unchanged(world, before)


async def test_inviting_into_groups_needs_two_scopes(world: World) -> None:
    given = await into_groups(world)
    world.caller = await world.caller.with_scopes(*GROUPLESS)
    before = await world.dump()

    answer = await whole(world, "inviteMember", given | {"role": "USER"})

    assert answer["data"] is None
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "scope": "GROUPS_WRITE"}
    assert (error["message"], error["path"]) == (
        "This needs the scope GROUPS_WRITE.",
        ["inviteMember"],
    )
    await assert_unchanged(world, before)


async def theirs(world: World, kind: Kind) -> UUID:
    """Something of that kind of the other organization."""
    other = world.other
    match kind:
        case Kind.MEMBER:
            status = MemberStatus.ACCEPTED
            return (await factories.member(world.app, other.organization_id, status)).id
        case Kind.GROUP:
            return await factories.group(world.app, other.organization_id)
        case Kind.ORGANIZATION:
            return other.organization_id
        case Kind.OIDC_PROVIDER:
            command = CreateOidcProvider(
                other.organization_id, "x", "https://idp.example.com", "x", "x"
            )
            return (await world.app.execute(command, SYSTEM)).value
        case Kind.SCIM_API_KEY:
            selection = "scimConnection { apiKeys { id } }"
            done = await other.change("enableScim", selection, organizationId=other.org)
            id_ = done["scimConnection"]["apiKeys"][0]["id"]
        case _:
            id_ = (await other.ask("{ viewer { actor { ... on Node { id } } } }"))["viewer"][
                "actor"
            ]["id"]
    found = read_id(id_)
    assert found is not None
    return found.id


@pytest.mark.parametrize("mutation", FIRST)
async def test_what_others_have_is_as_unknown_as_what_nobody_has(
    world: World, mutation: str
) -> None:
    subject = SUBJECT[mutation]
    kind, message = KINDS[subject]
    given = await FIRST[mutation].given(world)
    foreign = await theirs(world, kind)
    alone = kind is Kind.ORGANIZATION
    before = await world.dump()

    for id_ in (
        make_id(kind, None if alone else world.other.organization_id, foreign),
        make_id(kind, None if alone else world.owner_id, new_id() if alone else foreign),
        make_id(kind, None if alone else world.owner_id, new_id()),
    ):
        refused = await ask(world, mutation, given | {subject: id_})
        assert refused["errors"] == [
            {
                "__typename": "BasicError",
                "code": "NOT_FOUND",
                "message": message,
                "path": ["input", subject],
            }
        ]
        assert refused["changed"] is False
        assert shows_nothing(refused)
    await assert_unchanged(world, before)


@pytest.mark.parametrize("mutation", [name for name in FIRST if SUBJECT[name] == "organizationId"])
async def test_who_may_see_all_organizations_is_told_of_those_that_are_not(
    world: World, mutation: str
) -> None:
    given = await FIRST[mutation].given(world)
    world.caller = await world.caller.everywhere()
    nobody = make_id(Kind.ORGANIZATION, None, new_id())
    before = await world.dump()

    refused = await ask(world, mutation, given | {"organizationId": nobody})

    assert [(e["code"], e["path"]) for e in refused["errors"]] == [
        ("NOT_FOUND", ["input", "organizationId"])
    ]
    await assert_unchanged(world, before)


@pytest.mark.parametrize("mutation", FIRST)
async def test_ids_of_another_kind(world: World, mutation: str) -> None:
    subject = SUBJECT[mutation]
    kind, _ = KINDS[subject]
    given = await FIRST[mutation].given(world)
    right: str = given[subject]
    other = world.caller.org if subject != "organizationId" else world.caller.group_id(new_id())
    before = await world.dump()

    for id_ in (
        "",
        other,
        right.upper(),
        f"{right}a",
        f"{kind.value}_",
        f"{kind.value}_{'a' * 99}",
    ):
        refused = await ask(world, mutation, given | {subject: id_})
        assert refused["errors"] == [
            {
                "__typename": "BasicError",
                "code": "INVALID",
                "message": f"{subject} must be an id that begins with {kind.value}_.",
                "path": ["input", subject],
            }
        ], id_
        assert refused["changed"] is False
        assert shows_nothing(refused)
    await assert_unchanged(world, before)


@pytest.mark.parametrize("mutation", RESULT_ERRORS)
async def test_ids_of_others_and_of_another_kind_among_many(world: World, mutation: str) -> None:
    foreign = await theirs(world, Kind.MEMBER)
    ids = [
        world.other.member_id(foreign),
        world.caller.member_id(foreign),
        world.caller.member_id(new_id()),
        world.caller.org,
        "",
    ]
    given = of_ids(world, mutation, ids)
    before = await world.dump()

    refused = await ask(world, mutation, given)

    nobody = ("NOT_FOUND", "There is no such member in this organization.")
    wrong = ("INVALID", "memberId must be an id that begins with mbr_.")
    assert [
        (error["code"], error["message"])
        for result in refused["results"]
        for error in result["errors"]
    ] == [nobody] * 3 + [wrong] * 2
    place = ["memberId"] if mutation == "bulkConfirmMembers" else []
    field = "members" if mutation == "bulkConfirmMembers" else "memberIds"
    assert [error["path"] for result in refused["results"] for error in result["errors"]] == [
        ["input", field, str(number), *place] for number in range(5)
    ]
    assert [result["memberId"] for result in refused["results"]] == ids
    assert refused["summary"] == {"changed": 0, "unchanged": 0, "failed": 5}
    await assert_unchanged(world, before)


@pytest.mark.parametrize("mutation", VERSIONED)
async def test_an_old_version_is_a_conflict_and_the_right_one_is_not(
    world: World, mutation: str
) -> None:
    given = await FIRST[mutation].given(world)
    subject = SUBJECT[mutation]
    found = read_id(given[subject])
    assert found is not None
    sql = VERSIONS.get(mutation) or VERSIONS[subject]
    ((version,),) = await world.looks.rows(sql, found.id)
    before = await world.dump()

    for wrong in (version - 1, version + 1):
        refused = await ask(world, mutation, given | {"expectedVersion": wrong})
        assert refused["errors"] == [
            {
                "__typename": "VersionConflictError",
                "code": "VERSION_CONFLICT",
                "message": (
                    f"The resource has changed; its version is now {version}. Read it again."
                ),
                "path": ["input", "expectedVersion"],
                "currentVersion": version,
            }
        ]
        assert refused["changed"] is False
        assert shows_nothing(refused)
    await assert_unchanged(world, before)

    done = await ask(world, mutation, given | {"expectedVersion": version})
    assert (done["changed"], done["errors"]) == (True, [])
    # What is gone has no version; whatever else has changed has another.
    repeated = await ask(world, mutation, given | {"expectedVersion": version})
    codes = [error["code"] for error in repeated["errors"]]
    assert codes == ([] if mutation in {"removeMember", "deleteGroup"} else ["VERSION_CONFLICT"])
    # Null is as good as nothing: the last writer wins.
    without = await ask(world, mutation, given | {"expectedVersion": None})
    assert (without["changed"], without["errors"]) == (False, [])
