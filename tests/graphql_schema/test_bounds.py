"""Lists, texts and numbers in arguments: one unit below each bound passes, one above is refused."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest

from domain.application import Application
from domain.ids import new_id
from domain.vocabulary import MemberStatus
from graphql_schema.connection import write_cursor
from tests.support import factories
from tests.support.graphql import Api

LISTS = (
    "members",
    "groups",
    "pendingConfirmations",
    "invitations",
    "auditEvents",
    "provisioningRequests",
    "accessTokens",
)


async def refusal(caller: Api, selection: str, **given: tuple[str, Any]) -> str | None:
    """The message of the BAD_REQUEST of a selection of the organization, None when it is read."""
    types = "".join(f", ${name}: {type_}" for name, (type_, _) in given.items())
    query = f"query ($org: ID!{types}) {{ organization(by: {{id: $org}}) {{ {selection} }} }}"
    values = {name: value for name, (_, value) in given.items()}
    body = (await caller.post(query, {"org": caller.org, **values})).json()
    if "errors" not in body:
        return None
    (error,) = body["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    message: str = error["message"]
    return message


@pytest.mark.parametrize("name", LISTS)
async def test_pages_hold_1_to_100(caller: Api, name: str) -> None:
    for argument in ("first", "last"):
        for size, fits in ((0, False), (1, True), (100, True), (101, False), (-1, False)):
            found = await refusal(
                caller, f"{name}({argument}: {size}) {{ nodes {{ id: __typename }} }}"
            )
            expected = None if fits else f"{argument} must lie between 1 and 100."
            assert found == expected, size


LISTS_IN_FILTERS = [
    ("members", "status", "MemberStatus", "CONFIRMED"),
    ("members", "role", "MemberRole", "USER"),
    ("members", "source", "ProvisioningSource", "SCIM"),
    ("members", "externalId", "String", "x"),
    ("groups", "source", "ProvisioningSource", "SCIM"),
    ("invitations", "state", "InvitationState", "SENT"),
    ("auditEvents", "action", "String", "member.*"),
    ("auditEvents", "origin", "AuditOrigin", "SCIM"),
    ("provisioningRequests", "outcome", "ProvisioningOutcome", "FAILED"),
    ("provisioningRequests", "operation", "ScimOperation", "CREATE"),
    ("provisioningRequests", "resourceType", "ScimResourceType", "USER"),
    ("provisioningRequests", "statusCode", "Int", 200),
    ("provisioningRequests", "changed", "String", "emails"),
]


@pytest.mark.parametrize(("name", "field", "type_", "value"), LISTS_IN_FILTERS)
async def test_a_filter_lists_at_most_100_values(
    caller: Api, name: str, field: str, type_: str, value: Any
) -> None:
    selection = f"{name}(filter: {{{field}: $v}}) {{ nodes {{ __typename }} }}"

    for amount, message in ((0, None), (100, None), (101, f"{field} may have at most 100 values.")):
        given = (f"[{type_}!]", [value] * amount)
        assert await refusal(caller, selection, v=given) == message


@pytest.mark.parametrize(
    ("name", "field"),
    [("members", "externalId"), ("auditEvents", "action"), ("provisioningRequests", "changed")],
)
async def test_a_value_of_a_filter_has_at_most_512_characters(
    caller: Api, name: str, field: str
) -> None:
    selection = f"{name}(filter: {{{field}: $v}}) {{ nodes {{ __typename }} }}"

    for length, message in ((512, None), (513, f"{field} must be at most 512 characters.")):
        given = ("[String!]", ["é" * length])
        assert await refusal(caller, selection, v=given) == message


@pytest.mark.parametrize(
    "name", ["members", "groups", "pendingConfirmations", "provisioningRequests"]
)
async def test_a_search_has_at_most_256_characters(caller: Api, name: str) -> None:
    selection = f"{name}(filter: {{search: $v}}) {{ nodes {{ __typename }} }}"

    for text, message in (
        ("a b " * 64, None),
        ("%_\\" * 85, None),
        ("x" * 257, "search must be at most 256 characters."),
    ):
        assert await refusal(caller, selection, v=("String", text)) == message


async def test_organizations_are_searched_by_at_most_256_characters(caller: Api) -> None:
    query = "query ($v: String) { organizations(filter: {search: $v}) { totalCount } }"

    assert await caller.ask(query, v="x" * 256) == {"organizations": {"totalCount": 0}}
    body = (await caller.post(query, {"v": "x" * 257})).json()
    assert body["errors"][0]["message"] == "search must be at most 256 characters."


@pytest.mark.parametrize("number", [-(2**31), -1, 0, 1, 70_000, 2**31 - 1])
async def test_numbers_in_filters_may_be_any(caller: Api, number: int) -> None:
    for field, type_, value in (
        ("statusCode", "[Int!]", [number]),
        ("slowerThanMs", "Int", number),
    ):
        selection = f"provisioningRequests(filter: {{{field}: $v}}) {{ nodes {{ id }} }}"
        assert await refusal(caller, selection, v=(type_, value)) is None


TEXTS = [
    ("inviteMember", "displayName", 256),
    ("createGroup", "displayName", 256),
    ("createGroup", "externalId", 300),
    ("updateGroup", "displayName", 256),
    ("updateGroup", "externalId", 300),
    ("updateMember", "displayName", 256),
    ("revokeMember", "reason", 500),
    ("updateOrganization", "name", 200),
    ("createAccessToken", "name", 100),
    ("createAccessToken", "idempotencyKey", 200),
    ("rotateScimApiKey", "idempotencyKey", 200),
    ("rotateScimApiKey", "name", 100),
    ("createScimApiKey", "idempotencyKey", 200),
    ("createScimApiKey", "name", 100),
    ("reinviteMember", "idempotencyKey", 200),
]


@pytest.mark.parametrize(("mutation", "field", "most"), TEXTS)
async def test_texts_that_are_stored_have_a_length(
    app: Application, caller: Api, mutation: str, field: str, most: int
) -> None:
    needed = await rest_of(app, caller, mutation)

    for length in (most + 1, 100_000):
        refused = await caller.change(mutation, "", **{**needed, field: "x" * length})
        assert refused["changed"] is False
        (error,) = refused["errors"]
        assert (error["code"], error["path"]) == ("INVALID", ["input", field])
        assert len(error["message"]) < 100
    fits = await caller.change(mutation, "", **{**needed, field: "x" * most})
    assert fits == {"changed": True, "errors": []}


async def test_an_address_has_at_most_256_characters(caller: Api) -> None:
    for length, code in ((257, "INVALID"), (256, None)):
        local, domain = "a" * 64, "example.com"
        email = f"{local}@{'d' * (length - len(local) - len(domain) - 2)}.{domain}"
        assert len(email) == length
        found = await caller.change("inviteMember", "", organizationId=caller.org, email=email)
        assert [error["code"] for error in found["errors"]] == ([code] if code else [])


async def rest_of(app: Application, caller: Api, mutation: str) -> dict[str, Any]:
    """An input with which the mutation changes something, but for the text."""
    here = caller.organization_id
    if mutation in {"updateMember", "revokeMember", "reinviteMember"}:
        if mutation == "updateMember":
            command = {"organizationId": caller.org, "email": "ada@example.com"}
            made = await caller.change("inviteMember", "member { id }", **command)
            return {"memberId": made["member"]["id"]}
        status = MemberStatus.INVITED if mutation == "reinviteMember" else MemberStatus.CONFIRMED
        return {"memberId": caller.member_id((await factories.member(app, here, status)).id)}
    if mutation == "updateGroup":
        made = await caller.change(
            "createGroup", "group { id }", organizationId=caller.org, displayName="g"
        )
        return {"groupId": made["group"]["id"]}
    needed: dict[str, Any] = {"organizationId": caller.org}
    if mutation.endswith("ScimApiKey"):
        await caller.change("enableScim", "", **needed)
        needed["idempotencyKey"] = "k"
    match mutation:
        case "inviteMember":
            needed["email"] = "ada@example.com"
        case "createGroup":
            needed["displayName"] = "g"
        case "createAccessToken":
            needed |= {"name": "t", "scopes": ["MEMBERS_READ"]}
        case _:
            pass
    return needed


FORGED = [
    "",
    "x",
    "====",
    "é",
    "\U0001f600",
    "A" * 100_000,
    "_" * 8,
    write_cursor(("a", new_id()), b"\0" * 6),
]


@pytest.mark.parametrize("name", LISTS)
async def test_a_forged_cursor_is_refused(caller: Api, name: str) -> None:
    for text in FORGED:
        for arguments in ("first: 1, after: $v", "last: 1, before: $v"):
            found = await refusal(
                caller, f"{name}({arguments}) {{ nodes {{ __typename }} }}", v=("String", text)
            )
            assert found is not None
            assert len(found) < 100


POSITIONS = [
    f"[{key}, {tie}]"
    for key in (
        "null",
        "1",
        f"{-(2**200)}",
        '"x"',
        '"\\u0000"',
        "1.5",
        "{}",
        "[]",
        "[1e300]",
        "[null]",
    )
    for tie in ("0", f"{2**200}", "-1", "1e300", '""', '"x"', f'"{"0" * 32}"', "null", "[]")
] + ["[]", "1", "[1,2,3]", "{}", "null"]


async def test_a_forged_position_under_the_right_hash_is_no_fault_of_the_server(
    app: Application, caller: Api
) -> None:
    await factories.member(app, caller.organization_id)
    # Whoever has a cursor of the list has its hash, and can write any position behind it.
    found = await caller.ask_here("members(first: 1) { pageInfo { endCursor } }")
    of = read_hash(found["members"]["pageInfo"]["endCursor"])

    for position in POSITIONS:
        forged = urlsafe_b64encode(of + position.encode()).decode().rstrip("=")
        await refusal(caller, "members(first: 1, after: $v) { nodes { id } }", v=("String", forged))


def read_hash(cursor: str) -> bytes:
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[:6]


@pytest.mark.parametrize(("amount", "code"), [(500, None), (501, "TOO_MANY")])
async def test_at_most_500_are_named_at_once(caller: Api, amount: int, code: str | None) -> None:
    ids = [caller.member_id(new_id()) for _ in range(amount)]

    bulk = await caller.change(
        "bulkRemoveMembers", "summary { failed }", organizationId=caller.org, memberIds=ids
    )
    group = await caller.change(
        "createGroup", "", organizationId=caller.org, displayName="g", memberIds=ids
    )

    assert [error["code"] for error in bulk["errors"]] == ([code] if code else [])
    assert bulk["summary"]["failed"] == (0 if code else amount)
    assert [error["code"] for error in group["errors"]] == [code or "INVALID"]
