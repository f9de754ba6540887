"""Every field the schema prints is refused without exactly the scopes that it prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from graphql import GraphQLInterfaceType, get_named_type

from domain.application import Application
from domain.vocabulary import Scope
from tests.graphql_schema.schema_walk import SCHEMA, call, scopes_of, types_with_fields, ways
from tests.support.graphql import Api, token

WAYS = ways()
# Reviewed: what any token of an organization may read, whichever scopes it has.
OPEN = {
    "Query": {
        "viewer",
        "server",
        "signedInAs",
        "invitationPreview",
        "signInProviders",
        "node",
        "organization",
        "auditActions",
    },
    # Of who holds the link.
    "InvitationPreview": {
        "state",
        "problem",
        "organizationId",
        "organizationName",
        "organizationSlug",
        "email",
        "name",
        "expiresAt",
        "accountExists",
        "accountHasKeys",
        "keyHandshake",
        "requireSso",
        "signInProviders",
    },
    "Server": {"version", "embeddedDatabase", "developmentMailbox"},
    "Viewer": {
        "actor",
        "label",
        "scopes",
        "organization",
        "tokenExpiresAt",
        "account",
        "sessions",
    },
    # Of the person who asks alone.
    "Account": {"id", "email", "name", "publicKey", "encryptedPrivateKey", "memberships"},
    "Membership": {
        "organizationId",
        "organizationUuid",
        "organizationName",
        "organizationSlug",
        "memberId",
        "memberUuid",
        "status",
        "role",
        "scopes",
        "keyHandshake",
        "keyVersion",
        "keyState",
        "wrappedOrganizationKey",
    },
    "Session": {"id", "createdAt", "lastSeenAt", "userAgent", "ip", "method", "current"},
    "Organization": {
        "id",
        "version",
        "createdAt",
        "updatedAt",
        "name",
        "slug",
        "keyHandshake",
        "keyVersion",
    },
    # The caller itself; of other tokens what the history shows as an actor.
    "AccessToken": {"id", "name", "createdAt", "organization"},
    "SystemProcess": {"name"},
    "AuditAction": {"action", "description", "subject"},
    # That something exists is said to nobody who may not read it.
    "Node": {"id"},
    "Member": {"id"},
    "Group": {"id"},
    "Invitation": {"id"},
    "AuditEvent": {"id"},
    "ProvisioningRequest": {"id"},
    "ScimConnection": {"id"},
    "BulkOperation": {"id"},
    "OidcProvider": {"id"},
    # Who signs in has no token yet.
    "SignInProvider": {"id", "name", "startUrl"},
}


def fields() -> Iterator[tuple[str, str]]:
    for type_ in types_with_fields():
        if type_.name in WAYS:
            yield from ((type_.name, name) for name in type_.fields)


def needed(type_name: str, field: str) -> frozenset[str]:
    """The scopes of a field and the way to it; of interfaces, of every type it may be."""
    type_ = SCHEMA.type_map[type_name]
    own = scopes_of(type_, field)
    if isinstance(type_, GraphQLInterfaceType):
        own = own.union(*(scopes_of(each, field) for each in SCHEMA.get_possible_types(type_)))
    return WAYS[type_name].scopes | own


def query_of(type_name: str, field: str) -> str:
    type_ = SCHEMA.type_map[type_name]
    called = call(field, type_.fields[field])  # type: ignore[attr-defined]
    assert called is not None, f"say in ARGUMENTS what {type_name}.{field} takes"
    result = get_named_type(type_.fields[field].type)  # type: ignore[attr-defined]
    below = " { __typename }" if hasattr(result, "fields") or hasattr(result, "types") else ""
    return WAYS[type_name].query(called + below)


def test_what_needs_no_scope_is_reviewed() -> None:
    found: dict[str, set[str]] = {}
    for type_name, field in fields():
        if not WAYS[type_name].scopes:
            free = found.setdefault(type_name, set())
            if not needed(type_name, field):
                free.add(field)

    assert found == OPEN


def test_every_type_is_reached_but_those_of_mutations_and_subscriptions() -> None:
    missing = {type_.name for type_ in types_with_fields()} - set(WAYS)

    # What subscriptions need is tried where they are: they are not posted.
    assert {name for name in missing if not name.endswith(("Payload", "Error"))} == {
        "Mutation",
        "Subscription",
        "MemberChange",
        "Versioned",
    }


@pytest.fixture(scope="module")
async def secrets(app: Application) -> dict[frozenset[str], str]:
    """Tokens by their scopes, made when they are needed."""
    return {}


async def test_a_field_needs_what_it_prints(
    app: Application, caller: Api, secrets: dict[frozenset[str], str]
) -> None:
    async def refused(scopes: frozenset[str], query: str) -> list[str]:
        if not scopes:
            scopes = frozenset({next(word for word in Scope if word not in all_needed).value})
        if scopes not in secrets:
            words = frozenset(map(Scope, scopes))
            secrets[scopes] = (await token(app, caller.organization_id, words)).secret
        holder = replace(caller, secret=secrets[scopes])
        variables = {"org": caller.org} if "$org" in query else None
        body = (await holder.post(query, variables)).json()
        return [
            error["message"]
            for error in body.get("errors", ())
            if error["extensions"]["code"] == "FORBIDDEN"
        ]

    for type_name, field in fields():
        query, all_needed = query_of(type_name, field), needed(type_name, field)
        assert await refused(all_needed, query) == [], query
        for scope in all_needed:
            others = frozenset(Scope) - {scope}
            assert await refused(others, query) == [f"This needs the scope {scope}."], query


@pytest.mark.parametrize(
    ("selection", "scope", "other"),
    [
        ("members(filter: {groupId: $id}) { totalCount }", "MEMBERS_READ", "GROUPS_READ"),
        (
            "pendingConfirmations(filter: {groupId: $id}) { totalCount }",
            "MEMBERS_READ",
            "GROUPS_READ",
        ),
        ("groups(filter: {memberId: $id}) { totalCount }", "GROUPS_READ", "MEMBERS_READ"),
    ],
)
async def test_who_is_in_which_group_is_not_told_by_a_filter(
    caller: Api, selection: str, scope: str, other: str
) -> None:
    query = f"query ($org: ID!, $id: ID!) {{ organization(by: {{id: $org}}) {{ {selection} }} }}"
    id_ = caller.member_id(caller.organization_id)
    if scope == "MEMBERS_READ":
        id_ = caller.group_id(caller.organization_id)

    half = await caller.with_scopes(Scope(scope))
    both = await caller.with_scopes(Scope(scope), Scope(other))

    body = (await half.post(query, {"org": caller.org, "id": id_})).json()
    assert body["data"] == {"organization": None}
    assert [error["message"] for error in body["errors"]] == [f"This needs the scope {other}."]
    assert body["errors"][0]["extensions"] == {"code": "FORBIDDEN", "scope": other}
    (found,) = (await both.ask(query, org=caller.org, id=id_))["organization"].values()
    assert found == {"totalCount": 0}


async def test_a_bulk_operation_does_not_tell_who_is_in_a_group(caller: Api) -> None:
    query = "mutation ($i: StartBulkOperationInput!) { startBulkOperation(input: $i) { changed } }"
    given = {
        "organizationId": caller.org,
        "action": "REVOKE",
        "filter": {"groupId": caller.group_id(caller.organization_id)},
        "expectedCount": 0,
        "idempotencyKey": "x",
    }
    half = await caller.with_scopes(Scope.MEMBERS_WRITE, Scope.MEMBERS_READ)

    assert await half.codes(query, i=given) == ["FORBIDDEN"]
    assert await caller.codes(query, i=given) == []
