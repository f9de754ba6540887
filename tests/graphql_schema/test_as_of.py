"""Members and groups as of an instant: all that was shown then is shown again, and found so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.application import Application, Command
from domain.clock import utc_now
from domain.commands import (
    KEEP,
    ChangeMemberRole,
    DeleteGroup,
    EditKind,
    Member,
    MembershipEdit,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevisedState,
    ReviseGroup,
    ReviseMember,
    RevokeMember,
)
from domain.vocabulary import MemberRole, MemberStatus, Scope
from graphql_schema.scalars import instant_text
from tests.domain.past import seal_all
from tests.graphql_schema.everything import GROUP, MEMBER
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.graphql import Api

LATER = timedelta(microseconds=1)
ONE = (
    "query ($org: ID!, $by: MemberRef!, $at: DateTime) { organization(by: {id: $org}) {"
    " member(by: $by, asOf: $at) { ...M groups { totalCount nodes { ...G } } } } }" + MEMBER + GROUP
)
GROUP_OF = (
    "query ($org: ID!, $by: GroupRef!, $at: DateTime, $first: Int, $after: String) {"
    " organization(by: {id: $org}) { group(by: $by, asOf: $at) {"
    " ...G members(first: $first, after: $after) {"
    " totalCount nodes { ...M } pageInfo { hasNextPage hasPreviousPage endCursor }"
    " } } } }" + MEMBER + GROUP
)


async def member_at(caller: Api, at: datetime | None = None, **by: Any) -> Any:
    given = {"at": None if at is None else instant_text(at)}
    return (await caller.ask(ONE, org=caller.org, by=by, **given))["organization"]["member"]


async def group_at(caller: Api, at: datetime | None = None, **given: Any) -> Any:
    by = {"id": given.pop("id")} if "id" in given else {"displayName": given.pop("name")}
    instant = None if at is None else instant_text(at)
    found = await caller.ask(GROUP_OF, org=caller.org, by=by, at=instant, **given)
    return found["organization"]["group"]


def but_cursor(group: Any) -> Any:
    """The group as shown; cursors belong to one list, that of now or that of then."""
    group["members"]["pageInfo"].pop("endCursor")
    return group


async def instant(app: Application, caller: Api) -> datetime:
    """The instant of the last event, once all are sealed."""
    return (await seal_all(app, caller.organization_id)).instant


def renamed(name: str, **profile: Any) -> Any:
    def edit(member: Member) -> RevisedState:
        made = factories.attributes(name, profile=profile, given_name="Ada", family_name="L")
        return RevisedState(made, active=None if member.revoked_at else True)

    return edit


async def test_every_step_of_a_life_is_shown_again(app: Application, caller: Api) -> None:
    org = caller.organization_id
    await factories.member(app, org, MemberStatus.CONFIRMED, role=MemberRole.OWNER)
    member = await factories.member(app, org, name="ada", external_id="e1", profile={"title": "1"})
    group = await factories.group(app, org, frozenset({member.id}), "Staff")
    id_ = caller.member_id(member.id)
    custom = ChangeMemberRole(
        org, member.id, None, MemberRole.CUSTOM, frozenset({Scope.MEMBERS_READ})
    )
    empty = MembershipEdit(EditKind.REPLACE, frozenset())
    seen = [(await instant(app, caller), await member_at(caller, id=id_))]

    commands: tuple[Command[Any], ...] = (
        ReinviteMember(org, member.id),
        ReviseMember(org, member.id, renamed("lovelace", title=True, tags=["a"])),
        custom,
        RevokeMember(org, member.id, reason="on leave"),
        ReviseGroup(org, group, "Former staff", memberships=(empty,)),
        RestoreMember(org, member.id),
        ReviseMember(org, member.id, renamed("ada")),
    )
    for command in commands:
        assert (await app.execute(command, SYSTEM)).changed
        seen.append((await instant(app, caller), await member_at(caller, id=id_)))
    await app.execute(RemoveMember(org, member.id), SYSTEM)
    end = await instant(app, caller)

    for at, shown in seen:
        assert await member_at(caller, at, id=id_) == shown
    assert len({str(shown) for _, shown in seen}) == len(seen)
    assert await member_at(caller, end, id=id_) is None
    assert await member_at(caller, id=id_) is None
    # What happened in the microsecond counts, and what happened one later does not.
    first, second = seen[0], seen[1]
    assert await member_at(caller, second[0] - LATER, id=id_) == first[1]
    created = await app.pool.fetchval(
        "SELECT min(occurred_at) FROM audit_events WHERE organization_id = $1 AND subject_id = $2",
        org,
        member.id,
    )
    assert await member_at(caller, created - LATER, id=id_) is None


async def test_a_name_means_who_had_it_then(app: Application, caller: Api) -> None:
    org = caller.organization_id
    first = await factories.member(app, org, name="Ada", external_id="e1")
    before = await instant(app, caller)
    await app.execute(ReviseMember(org, first.id, renamed("lovelace")), SYSTEM)
    free = await instant(app, caller)
    second = await factories.member(app, org, name="ADA", external_id="e1")
    after = await instant(app, caller)
    await app.execute(RemoveMember(org, second.id), SYSTEM)
    gone = await instant(app, caller)

    names: list[dict[str, Any]] = [
        {"userName": "aDa"},
        {"email": "ADA@example.com"},
        {"externalId": "e1"},
    ]
    for by in names:
        found = [await member_at(caller, at, **by) for at in (before, free, after, gone)]
        assert [one and one["scimId"] for one in found] == [
            str(first.id),
            None,
            str(second.id),
            None,
        ]
        assert await member_at(caller, **by) is None
    assert (await member_at(caller, free, userName="lovelace"))["scimId"] == str(first.id)
    assert await member_at(caller, before, userName="lovelace") is None
    assert await member_at(caller, after, externalId="E1") is None


async def test_a_group_shows_whom_it_had(app: Application, caller: Api) -> None:
    org = caller.organization_id
    ids = await factories.members(app, org, 5)
    group = await factories.group(app, org, frozenset(ids[:4]), "Staff")
    id_ = caller.group_id(group)
    then = await instant(app, caller)
    shown = but_cursor(await group_at(caller, id=id_, first=50))
    leave = MembershipEdit(EditKind.REMOVE, frozenset({ids[0]}))
    join = MembershipEdit(EditKind.ADD, frozenset({ids[4]}))
    await app.execute(ReviseGroup(org, group, "Crew", KEEP, (leave, join)), SYSTEM)
    await app.execute(RemoveMember(org, ids[1]), SYSTEM)
    smaller = await instant(app, caller)
    now = but_cursor(await group_at(caller, id=id_, first=50))
    await app.execute(DeleteGroup(org, group), SYSTEM)
    deleted = await instant(app, caller)

    assert but_cursor(await group_at(caller, then, id=id_, first=50)) == shown
    assert but_cursor(await group_at(caller, then, name="staff", first=50)) == shown
    assert await group_at(caller, then, name="crew", first=50) is None
    assert but_cursor(await group_at(caller, smaller, id=id_, first=50)) == now
    assert (shown["memberCount"], now["memberCount"], now["version"]) == (4, 3, 5)
    assert await group_at(caller, deleted, id=id_) is None

    page = (await group_at(caller, then, id=id_, first=3))["members"]
    assert [node["scimId"] for node in page["nodes"]] == [str(member) for member in ids[:3]]
    assert page["totalCount"] == 4
    assert page["pageInfo"]["hasNextPage"] is True
    after = page["pageInfo"]["endCursor"]
    page = (await group_at(caller, then, id=id_, first=3, after=after))["members"]
    assert [node["scimId"] for node in page["nodes"]] == [str(ids[3])]
    assert page["pageInfo"]["hasNextPage"] is False


async def test_a_present_group_shows_whom_it_had(app: Application, caller: Api) -> None:
    org = caller.organization_id
    earlier = await factories.member(app, org)
    before = await instant(app, caller)
    group = await factories.group(app, org, frozenset({earlier.id}))
    then = await instant(app, caller)
    empty = MembershipEdit(EditKind.REPLACE, frozenset())
    await app.execute(ReviseGroup(org, group, memberships=(empty,)), SYSTEM)
    await seal_all(app, org)

    async def ids(at: datetime) -> list[str]:
        found = await caller.ask_here(
            f'groups {{ nodes {{ members(asOf: "{instant_text(at)}") {{ nodes {{ id }} }} }} }}'
        )
        return [node["id"] for node in found["groups"]["nodes"][0]["members"]["nodes"]]

    assert await ids(then) == [caller.member_id(earlier.id)]
    assert await ids(before) == []
    assert await ids(utc_now() + timedelta(days=1)) == []


async def test_the_past_is_over(app: Application, caller: Api) -> None:
    org = caller.organization_id
    member = await factories.member(app, org, MemberStatus.ACCEPTED)
    then = await instant(app, caller)
    await app.execute(RevokeMember(org, member.id), SYSTEM)
    await seal_all(app, org)
    text = (
        "member(by: {id: $id} %s) { status actions { confirm { allowed reason }"
        " revoke { allowed reason } } auditEvents { nodes { action } }"
        " invitations { totalCount nodes { state } } provisioningRequests { nodes { id } } }"
    )
    id_ = caller.member_id(member.id)

    found = (await caller.ask_here(text % f', asOf: "{instant_text(then)}"', id=id_))["member"]

    refused = {"allowed": False, "reason": None}
    assert found["status"] == "ACCEPTED"
    assert found["actions"] == {"confirm": refused, "revoke": refused}
    assert [node["action"] for node in found["auditEvents"]["nodes"]] == [
        "member.accepted",
        "member.invited",
    ]
    assert found["invitations"] == {"totalCount": 1, "nodes": [{"state": "ACCEPTED"}]}
    assert found["provisioningRequests"] == {"nodes": []}
    # An instant to come is now, with all that is possible now.
    future = instant_text(utc_now() + timedelta(days=1))
    found = (await caller.ask_here(text % f', asOf: "{future}"', id=id_))["member"]
    assert found["status"] == "REVOKED"
    assert len(found["auditEvents"]["nodes"]) == 3


async def test_what_is_not_sealed_does_not_count(app: Application, caller: Api) -> None:
    org = caller.organization_id
    member = await factories.member(app, org, name="ada")
    await seal_all(app, org)
    await app.execute(ReviseMember(org, member.id, renamed("lovelace")), SYSTEM)
    at = utc_now()

    unsealed = await member_at(caller, at, userName="ada")
    await seal_all(app, org)

    assert unsealed["scimId"] == str(member.id)
    assert await member_at(caller, at, userName="ada") is None


@pytest.mark.parametrize("arguments", ['filter: {search: "a"}', 'after: "bm9uc2Vuc2U"'])
async def test_arguments_that_make_no_sense_are_refused(
    app: Application, caller: Api, arguments: str
) -> None:
    await factories.group(app, caller.organization_id, name="Staff")
    at = instant_text(await instant(app, caller))
    query = (
        f'{{ group(by: {{displayName: "Staff"}}, asOf: "{at}")'
        f" {{ members({arguments}) {{ nodes {{ id }} }} }} }}"
    )

    codes = await caller.codes(
        f"query ($org: ID!) {{ organization(by: {{id: $org}}) {query} }}", org=caller.org
    )

    assert codes == ["BAD_REQUEST"]


async def test_scopes_stay(app: Application, caller: Api) -> None:
    await factories.member(app, caller.organization_id, name="ada")
    at = instant_text(await instant(app, caller))
    members_only = await caller.with_scopes(Scope.MEMBERS_READ)
    query = "query ($org: ID!) { organization(by: {id: $org}) { %s } }"
    member = f'member(by: {{userName: "ada"}}, asOf: "{at}")'

    assert await members_only.codes(query % f"{member} {{ id }}", org=caller.org) == []
    for field in (
        f'group(by: {{displayName: "x"}}, asOf: "{at}") {{ id }}',
        f"{member} {{ groups {{ nodes {{ id }} }} }}",
        f"{member} {{ auditEvents {{ nodes {{ id }} }} }}",
    ):
        assert await members_only.codes(query % field, org=caller.org) == ["FORBIDDEN"]


async def test_the_past_of_another_organization_is_not_seen(app: Application, caller: Api) -> None:
    member = await factories.member(app, caller.organization_id, name="ada")
    group = await factories.group(app, caller.organization_id, frozenset({member.id}), "Staff")
    await app.execute(RemoveMember(caller.organization_id, member.id), SYSTEM)
    at = await instant(app, caller) - LATER
    other = await caller.elsewhere()
    await factories.member(app, other.organization_id)
    await seal_all(app, other.organization_id)
    assert await member_at(caller, at, userName="ada") is not None

    assert await member_at(other, utc_now(), userName="ada") is None
    assert await member_at(other, utc_now(), scimId=str(member.id)) is None
    assert await group_at(other, utc_now(), name="Staff") is None
    field = f'group(by: {{scimId: "{group}"}}, asOf: "{instant_text(utc_now())}") {{ id }}'
    assert await other.ask_here(field) == {"group": None}
