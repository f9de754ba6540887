"""Nothing of another organization can be seen, whichever field names it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.errors import DeprovisionHeld
from domain.ids import UUID
from domain.store.sealer import seal_pending
from domain.vocabulary import MemberStatus
from graphql_schema.ids import Kind, make_id
from tests.graphql_schema.everything import EVERYTHING
from tests.support import factories
from tests.support.bulk import start
from tests.support.graphql import Api, api
from tests.support.guard import grow_older, watched
from tests.support.request_log import log_request

SECRET = "only-here"
OF_PEOPLE = {Kind.ACCOUNT, Kind.SESSION}


@pytest.fixture(scope="module")
async def theirs(app: Application) -> Api:
    """An organization full of things whose names say that they are secret."""
    caller = await api(app)
    member = await factories.member(
        app,
        caller.organization_id,
        MemberStatus.ACCEPTED,
        name=SECRET,
        external_id=SECRET,
    )
    await factories.group(app, caller.organization_id, frozenset({member.id}), SECRET)
    await log_request(
        app, caller.organization_id, subject_id=member.id, subject_label=SECRET, detail=SECRET
    )
    await caller.change("enableScim", "", organizationId=caller.org)
    guarded = await watched(app, max_members=0, organization_id=caller.organization_id)
    await grow_older(app, caller.organization_id)
    with pytest.raises(DeprovisionHeld):
        await guarded.remove(member.id)
    await start(caller, "REINVITE", 1)
    await caller.change(
        "createOidcProvider",
        "",
        organizationId=caller.org,
        name=SECRET,
        issuer=f"https://{SECRET}.example.com",
        clientId=SECRET,
        clientSecret=SECRET,
    )
    await seal_pending(app.pool)
    return caller


IDS = """
{ organizations(first: 5) { nodes {
  id
  scimConnection { id apiKeys { id } }
  members(first: 5) { nodes { id invitations(first: 5) { nodes { id } } } }
  groups { nodes { id } }
  auditEvents { nodes { id } }
  provisioningRequests { nodes { id } }
  accessTokens { nodes { id } }
  bulkOperations { nodes { id } }
  oidcProviders { id }
} } }
"""


def every_id(data: Any) -> set[str]:
    match data:
        case dict():
            own = {data["id"]} if "id" in data else set()
            return own.union(*map(every_id, data.values()))
        case list():
            return set().union(*map(every_id, data))
        case _:
            return set()


async def test_a_node_of_another_organization_is_null(caller: Api, theirs: Api) -> None:
    ids = every_id(await theirs.ask(IDS))
    # What is of a person and not of an organization is tried in test_sessions.py.
    assert {id_[:3] for id_ in ids} == {kind.value for kind in set(Kind) - OF_PEOPLE}
    query = "query ($id: ID!) { node(id: $id) { id __typename } }"

    for id_ in ids:
        assert await caller.ask(query, id=id_) == {"node": None}
        found = await theirs.ask(query, id=id_)
        # Keys are looked at through their connection only.
        assert (found["node"] is None) is id_.startswith("key_")


async def test_another_organization_is_null(caller: Api, theirs: Api) -> None:
    slug = (await theirs.ask_here("slug"))["slug"]
    query = "query ($by: OrganizationRef!) { organization(by: $by) { id } }"

    assert await caller.ask(query, by={"id": theirs.org}) == {"organization": None}
    assert await caller.ask(query, by={"slug": slug}) == {"organization": None}
    assert await theirs.ask(query, by={"slug": slug}) == {"organization": {"id": theirs.org}}
    listed = await caller.ask("{ organizations { totalCount nodes { id } } }")
    assert listed["organizations"] == {"totalCount": 1, "nodes": [{"id": caller.org}]}


@pytest.mark.parametrize("name", EVERYTHING)
async def test_no_query_shows_another_organization(caller: Api, theirs: Api, name: str) -> None:
    for org in (caller.org, theirs.org):
        response = await caller.post(EVERYTHING[name], {"org": org})

        assert SECRET not in response.text
        assert str(theirs.organization_id) not in response.text
        assert theirs.org not in response.text


async def test_references_of_others_find_nothing(caller: Api, theirs: Api) -> None:
    found = await theirs.ask_here("members { nodes { id scimId } } groups { nodes { id scimId } }")
    member, group = found["members"]["nodes"][0], found["groups"]["nodes"][0]
    own_prefix = make_id(Kind.MEMBER, caller.organization_id, UUID(member["scimId"]))

    for by in (
        f'{{id: "{member["id"]}"}}',
        f'{{id: "{own_prefix}"}}',
        f'{{scimId: "{member["scimId"]}"}}',
        f'{{userName: "{SECRET}"}}',
        f'{{email: "{SECRET}@example.com"}}',
        f'{{externalId: "{SECRET}"}}',
    ):
        assert await caller.ask_here(f"member(by: {by}) {{ id }}") == {"member": None}
    for by in (
        f'{{id: "{group["id"]}"}}',
        f'{{scimId: "{group["scimId"]}"}}',
        f'{{displayName: "{SECRET}"}}',
    ):
        assert await caller.ask_here(f"group(by: {by}) {{ id }}") == {"group": None}


async def test_filters_by_ids_of_others_find_nothing(
    app: Application, caller: Api, theirs: Api
) -> None:
    await factories.member(app, caller.organization_id)
    await seal_pending(app.pool)
    found = await theirs.ask_here(
        "members { nodes { id } } groups { nodes { id } } auditEvents { nodes { correlationId } }"
    )
    member, group = found["members"]["nodes"][0]["id"], found["groups"]["nodes"][0]["id"]
    correlation = found["auditEvents"]["nodes"][0]["correlationId"]

    for field in (
        f'members(filter: {{groupId: "{group}"}})',
        f'groups(filter: {{memberId: "{member}"}})',
        f'pendingConfirmations(filter: {{groupId: "{group}"}})',
        f'invitations(filter: {{memberId: "{member}"}})',
        f'auditEvents(filter: {{subjectId: "{member}"}})',
        f'auditEvents(filter: {{correlationId: "{correlation}"}})',
        f'provisioningRequests(filter: {{subjectId: "{member}"}})',
    ):
        assert await caller.ask_here(f"found: {field} {{ nodes {{ __typename }} }}") == {
            "found": {"nodes": []}
        }


async def test_a_caller_of_all_organizations_sees_each(caller: Api, theirs: Api) -> None:
    everywhere = await caller.everywhere()
    query = "query ($org: ID!) { organization(by: {id: $org}) { id } }"

    for org in (caller.org, theirs.org):
        assert await everywhere.ask(query, org=org) == {"organization": {"id": org}}
    found = await everywhere.ask("{ viewer { organization { id } } }")
    assert found == {"viewer": {"organization": None}}
    confirmed = await everywhere.change(
        "inviteMember", "member { organization { id } }", organizationId=theirs.org, email="x@y.zz"
    )
    assert confirmed["member"]["organization"] == {"id": theirs.org}
