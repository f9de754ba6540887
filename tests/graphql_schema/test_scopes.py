"""Scopes are enforced from what the schema prints, field by field and type by type."""

import pytest

from domain.application import Application
from domain.vocabulary import MemberStatus, Scope
from graphql_schema.checks import price_list
from graphql_schema.schema import schema
from tests.graphql_schema.everything import EVERYTHING
from tests.graphql_schema.mutation_errors import OF_PEOPLE
from tests.graphql_schema.test_limits import measured
from tests.support import factories
from tests.support.graphql import Api, token

PRICES = price_list(schema)
MUTATIONS = {
    "inviteMember": Scope.MEMBERS_WRITE,
    "confirmMember": Scope.MEMBERS_CONFIRM,
    "revokeMember": Scope.MEMBERS_WRITE,
    "restoreMember": Scope.MEMBERS_WRITE,
    "removeMember": Scope.MEMBERS_WRITE,
    "updateMember": Scope.MEMBERS_WRITE,
    "changeMemberRole": Scope.MEMBERS_WRITE,
    "reinviteMember": Scope.MEMBERS_WRITE,
    "inviteStagedMembers": Scope.MEMBERS_WRITE,
    "startBulkOperation": Scope.MEMBERS_WRITE,
    "cancelBulkOperation": Scope.MEMBERS_WRITE,
    "createGroup": Scope.GROUPS_WRITE,
    "updateGroup": Scope.GROUPS_WRITE,
    "deleteGroup": Scope.GROUPS_WRITE,
    "changeGroupMembers": Scope.GROUPS_WRITE,
    "bulkConfirmMembers": Scope.MEMBERS_CONFIRM,
    "bulkReinviteMembers": Scope.MEMBERS_WRITE,
    "bulkRevokeMembers": Scope.MEMBERS_WRITE,
    "bulkRestoreMembers": Scope.MEMBERS_WRITE,
    "bulkRemoveMembers": Scope.MEMBERS_WRITE,
    "enableScim": Scope.SCIM_ADMIN,
    "disableScim": Scope.SCIM_ADMIN,
    "createScimApiKey": Scope.SCIM_ADMIN,
    "rotateScimApiKey": Scope.SCIM_ADMIN,
    "revokeScimApiKey": Scope.SCIM_ADMIN,
    "updateScimConnection": Scope.SCIM_ADMIN,
    "resolveDeprovisionGuard": Scope.SCIM_ADMIN,
    "updateOrganization": Scope.ORGANIZATION_WRITE,
    "createOrganizationKey": Scope.ORGANIZATION_WRITE,
    "rotateOrganizationKey": Scope.ORGANIZATION_WRITE,
    "createOidcProvider": Scope.ORGANIZATION_WRITE,
    "updateOidcProvider": Scope.ORGANIZATION_WRITE,
    "deleteOidcProvider": Scope.ORGANIZATION_WRITE,
    "createAccessToken": Scope.TOKENS_ADMIN,
    "revokeAccessToken": Scope.TOKENS_ADMIN,
}


def test_every_mutation_needs_its_scope() -> None:
    declared = {name: tuple(price.scopes) for name, price in PRICES.fields["Mutation"].items()}

    of_organizations = {name: (scope,) for name, scope in MUTATIONS.items()}
    assert declared == of_organizations | dict.fromkeys(OF_PEOPLE, ())


def test_types_with_contents_need_the_scope_to_read_them() -> None:
    declared = {name: scope for name, (scope,) in _typed().items()}

    assert declared == {
        "BulkOperation": Scope.MEMBERS_READ,
        "Member": Scope.MEMBERS_READ,
        "Invitation": Scope.MEMBERS_READ,
        "Group": Scope.GROUPS_READ,
        "OidcProvider": Scope.ORGANIZATION_READ,
        "AuditEvent": Scope.AUDIT_READ,
        "ProvisioningRequest": Scope.PROVISIONING_READ,
        "ScimConnection": Scope.PROVISIONING_READ,
    }


def _typed() -> dict[str, tuple[Scope, ...]]:
    return {name: tuple(scopes) for name, scopes in PRICES.type_scopes.items() if scopes}


@pytest.mark.parametrize("name", EVERYTHING)
async def test_a_query_needs_each_of_its_scopes(app: Application, caller: Api, name: str) -> None:
    needed = measured(EVERYTHING[name]).scopes
    variables = {"org": caller.org}

    assert (
        "errors"
        not in (await (await caller.with_scopes(*needed)).post(EVERYTHING[name], variables)).json()
    )
    for scope in needed:
        held = frozenset(Scope) - {scope}
        secret = (await token(app, caller.organization_id, held)).secret
        limited = Api(app, caller.organization_id, secret, caller.asgi)
        body = (await limited.post(EVERYTHING[name], variables)).json()

        assert "data" not in body
        assert [error["message"] for error in body["errors"]] == [
            f"This needs the scope {scope.value}."
        ]
        assert body["errors"][0]["extensions"] == {"code": "FORBIDDEN", "scope": scope.value}


async def test_a_mutation_without_its_scope_changes_nothing(app: Application, caller: Api) -> None:
    member = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    limited = await caller.with_scopes(*(set(Scope) - {Scope.MEMBERS_CONFIRM}))
    query = (
        "mutation ($a: RevokeMemberInput!, $b: ConfirmMemberInput!) {"
        " revokeMember(input: $a) { changed } confirmMember(input: $b) { changed } }"
    )
    given = {"memberId": caller.member_id(member.id)}

    assert await limited.codes(query, a=given, b=given) == ["FORBIDDEN"]

    looks = factories.Looks(app.pool, caller.organization_id)
    row = await looks.member(member.id)
    assert row is not None
    assert (row["stage"], row["revoked_at"]) == ("ACCEPTED", None)


async def test_what_a_node_is_cannot_be_read_around_its_scope(
    app: Application, caller: Api
) -> None:
    member = await factories.member(app, caller.organization_id)
    limited = await caller.with_scopes(Scope.AUDIT_READ)
    of = caller.member_id(member.id)

    for selection in ("... on Member { email }", "... on Versioned { version }"):
        query = f"query ($id: ID!) {{ node(id: $id) {{ id {selection} }} }}"
        assert "FORBIDDEN" in await limited.codes(query, id=of)
    found = await limited.ask("query ($id: ID!) { node(id: $id) { id __typename } }", id=of)
    assert found == {"node": None}
    found = await caller.ask("query ($id: ID!) { node(id: $id) { id __typename } }", id=of)
    assert found == {"node": {"id": of, "__typename": "Member"}}


async def test_a_caller_may_always_see_itself(caller: Api) -> None:
    nobody = await caller.with_scopes(Scope.GROUPS_READ)
    found = await nobody.ask("{ viewer { scopes actor { ... on AccessToken { id name } } } }")
    assert found["viewer"]["scopes"] == ["GROUPS_READ"]

    own = found["viewer"]["actor"]["id"]
    others = (await caller.ask("{ viewer { actor { ... on Node { id } } } }"))["viewer"]["actor"]
    query = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await nobody.ask(query, id=own)) == {"node": {"id": own}}
    assert (await nobody.ask(query, id=others["id"])) == {"node": None}
