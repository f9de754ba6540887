"""What people may do by their role, and that nobody reaches into another organization."""

from __future__ import annotations

import pytest

from domain.application import Application
from domain.caller import scopes_of
from domain.commands import ChangeMemberRole, Member, RemoveMember, RevokeMember
from domain.vocabulary import MemberRole, MemberStatus, Scope
from graphql_schema import auth
from tests.graphql_schema.everything import EVERYTHING
from tests.graphql_schema.test_limits import measured
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.graphql import Api, Person, as_person
from tests.support.sessions import signed_in

SECRET = "only-here"
WHERE = "{ viewer { organization { id } scopes } }"
CUSTOM = frozenset({Scope.MEMBERS_READ, Scope.GROUPS_READ})


async def person_of(
    app: Application,
    caller: Api,
    role: MemberRole,
    permissions: frozenset[Scope] = frozenset(),
) -> tuple[Member, Person]:
    member, secret = await signed_in(app, caller.organization_id, role, permissions)
    return member, as_person(caller, secret)


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize("role", MemberRole)
async def test_a_query_is_answered_to_roles_with_its_scopes(
    app: Application, caller: Api, role: MemberRole, name: str
) -> None:
    permissions = CUSTOM if role is MemberRole.CUSTOM else frozenset[Scope]()
    _, person = await person_of(app, caller, role, permissions)
    missing = measured(EVERYTHING[name]).scopes - scopes_of(role, permissions)

    body = (await person.post(EVERYTHING[name], {"org": caller.org})).json()

    assert [error["extensions"] for error in body.get("errors", ())] == [
        {"code": "FORBIDDEN", "scope": scope.value} for scope in sorted(missing)
    ]
    assert ("data" in body) is not bool(missing)


async def test_what_a_person_makes_came_by_the_console(app: Application, caller: Api) -> None:
    _, person = await person_of(app, caller, MemberRole.OWNER)
    query = """mutation ($m: InviteMemberInput!, $g: CreateGroupInput!) {
      inviteMember(input: $m) { member { source } } createGroup(input: $g) { group { source } }
    }"""
    mail = f"{factories.unique('guest')}@example.com"

    response = await person.post(
        query,
        {
            "m": {"organizationId": caller.org, "email": mail},
            "g": {"organizationId": caller.org, "displayName": factories.unique("Guests")},
        },
    )

    assert response.json()["data"] == {
        "inviteMember": {"member": {"source": "CONSOLE"}},
        "createGroup": {"group": {"source": "CONSOLE"}},
    }


async def test_a_mutation_of_who_may_not_changes_nothing(app: Application, caller: Api) -> None:
    looks = Looks(app.pool, caller.organization_id)
    waiting = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    _, person = await person_of(app, caller, MemberRole.CUSTOM, CUSTOM)
    before = await looks.actions()
    query = "mutation ($i: ConfirmMemberInput!) { confirmMember(input: $i) { changed } }"

    response = await person.post(query, {"i": {"memberId": caller.member_id(waiting.id)}})

    assert response.json()["errors"][0]["extensions"] == {
        "code": "FORBIDDEN",
        "scope": "MEMBERS_CONFIRM",
    }
    assert await looks.actions() == before


async def test_rank_and_self_hold_for_people(app: Application, caller: Api) -> None:
    owner = await factories.owner(app, caller.organization_id)
    admin, person = await person_of(app, caller, MemberRole.ADMIN)

    outranked = await person.change("revokeMember", "", memberId=caller.member_id(owner.id))
    self_action = await person.change("revokeMember", "", memberId=caller.member_id(admin.id))

    assert [error["code"] for error in outranked["errors"]] == ["FORBIDDEN"]
    assert [error["code"] for error in self_action["errors"]] == ["SELF_ACTION"]


async def test_what_a_person_does_is_told_of_the_member(app: Application, caller: Api) -> None:
    waiting = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    admin, person = await person_of(app, caller, MemberRole.ADMIN)

    done = await person.change("confirmMember", "", memberId=caller.member_id(waiting.id))

    assert done["changed"]
    row = await app.pool.fetchrow(
        "SELECT origin, actor_kind, actor_id, actor_label, actor_ip FROM audit_events"
        " WHERE organization_id = $1 AND action = 'member.confirmed' AND subject_id = $2",
        caller.organization_id,
        waiting.id,
    )
    assert tuple(row) == ("CONSOLE", "MEMBER", admin.id, admin.label, "127.0.0.1")


@pytest.mark.parametrize("name", EVERYTHING)
async def test_the_header_of_another_organization_opens_nothing(
    app: Application, caller: Api, name: str
) -> None:
    theirs = await caller.elsewhere()
    await factories.member(app, theirs.organization_id, name=f"{SECRET}-{theirs.org[-8:]}")
    slug = (await theirs.ask_here("slug"))["slug"]
    _, own = await person_of(app, caller, MemberRole.OWNER)

    for named in (theirs.org, slug):
        person = as_person(caller, own.secret, named)
        for org in (caller.org, theirs.org):
            text = (await person.post(EVERYTHING[name], {"org": org})).text
            assert SECRET not in text
            assert str(theirs.organization_id) not in text
        assert await person.ask(WHERE) == {"viewer": {"organization": None, "scopes": []}}


async def test_a_person_of_two_organizations_has_in_each_what_they_are_there(
    app: Application, caller: Api
) -> None:
    theirs = await caller.elsewhere()
    member, own = await person_of(app, caller, MemberRole.OWNER)
    email = member.attributes.email
    await signed_in(app, theirs.organization_id, MemberRole.CUSTOM, CUSTOM, email=email)
    here, there = (as_person(caller, own.secret, each.org) for each in (caller, theirs))

    assert await own.ask(WHERE) == {"viewer": {"organization": None, "scopes": []}}
    assert len((await here.ask(WHERE))["viewer"]["scopes"]) == len(Scope)
    assert await there.ask(WHERE) == {
        "viewer": {
            "organization": {"id": theirs.org},
            "scopes": ["MEMBERS_READ", "GROUPS_READ"],
        }
    }
    # Rights here do not open the member there, although it is the same person's.
    query = "{ viewer { account { memberships { organizationId member { email } } } } }"
    memberships = (await here.ask(query))["viewer"]["account"]["memberships"]
    assert memberships == [
        {"organizationId": caller.org, "member": {"email": email}},
        {"organizationId": theirs.org, "member": None},
    ]


async def test_a_right_that_is_lost_is_gone_within_a_second(
    app: Application, caller: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await factories.owner(app, caller.organization_id)
    member, person = await person_of(app, caller, MemberRole.ADMIN)
    clock = [100.0]
    monkeypatch.setattr(auth, "monotonic", lambda: clock[0])
    assert len((await person.ask(WHERE))["viewer"]["scopes"]) == len(Scope) - 1

    change = ChangeMemberRole(caller.organization_id, member.id, None, MemberRole.USER)
    await app.execute(change, SYSTEM)
    clock[0] += 0.99
    found = (await person.ask(WHERE))["viewer"]
    assert found == {"organization": {"id": caller.org}, "scopes": []}

    for end in (RevokeMember, RemoveMember):
        await app.execute(end(caller.organization_id, member.id), SYSTEM)
        clock[0] += 0.99
        assert (await person.ask(WHERE))["viewer"] == {"organization": None, "scopes": []}
