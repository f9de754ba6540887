"""What a session lets its person do, in the organization in which they act."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.application import Application
from domain.caller import ALL_SCOPES, NO_ORGANIZATION, Caller, scopes_of
from domain.clock import utc_now
from domain.commands import RemoveMember, RevokeMember
from domain.ids import UUID, new_id
from domain.queries.reader import Reader
from domain.queries.session_callers import acting_member, caller_of_session, find_session
from domain.vocabulary import ActorKind, MemberRole, MemberStatus, Origin, Scope
from tests.support import factories
from tests.support.counting import counting
from tests.support.factories import SYSTEM
from tests.support.sessions import session, session_id_of, signed_in


async def caller(
    app: Application,
    secret: str,
    organization: UUID | str | None = None,
    now: datetime | None = None,
) -> Caller | None:
    reader = Reader(app.pool)
    found = await find_session(reader, session_id_of(secret))
    assert found is not None
    member = await acting_member(reader, found, organization)
    return caller_of_session(found, member, now or utc_now(), "192.0.2.7")


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (MemberRole.OWNER, frozenset()),
        (MemberRole.ADMIN, frozenset()),
        (MemberRole.CUSTOM, frozenset({Scope.MEMBERS_READ, Scope.AUDIT_READ})),
        (MemberRole.USER, frozenset()),
    ],
)
async def test_a_person_acts_as_the_member_they_are(
    app: Application, organization_id: UUID, role: MemberRole, permissions: frozenset[Scope]
) -> None:
    member, secret = await signed_in(app, organization_id, role, permissions)

    found = await caller(app, secret)

    assert found is not None
    assert (found.actor.kind, found.actor.id) == (ActorKind.MEMBER, member.id)
    assert found.actor.label == member.label
    assert (found.origin, found.ip) == (Origin.CONSOLE, "192.0.2.7")
    assert (found.organization_id, found.member_id) == (organization_id, member.id)
    assert (found.account_id, found.session_id) == (member.account_id, session_id_of(secret))
    assert (found.role, found.scopes) == (role, scopes_of(role, permissions))


@pytest.mark.parametrize("status", [MemberStatus.ACCEPTED, MemberStatus.REVOKED])
async def test_who_is_not_confirmed_acts_nowhere(
    app: Application, organization_id: UUID, status: MemberStatus
) -> None:
    member = await factories.member(app, organization_id, status, role=MemberRole.ADMIN)
    secret = await session(app, member.account_id)

    for asked in (None, organization_id):
        found = await caller(app, secret, asked)
        assert found is not None
        assert (found.actor.kind, found.actor.id) == (ActorKind.ACCOUNT, member.account_id)
        assert found.actor.label == member.attributes.email
        assert (found.organization_id, found.member_id) == (NO_ORGANIZATION, None)
        assert (found.role, found.scopes) == (MemberRole.USER, frozenset())
        assert not found.may_see(organization_id)


async def test_with_two_organizations_one_must_be_named(
    app: Application, organization_id: UUID
) -> None:
    email = f"{factories.unique('ann')}@example.com"
    first, secret = await signed_in(app, organization_id, email=email)
    other_id = await factories.organization(app)
    second, _ = await signed_in(app, other_id, MemberRole.USER, email=email)
    assert first.account_id == second.account_id
    slug = await app.pool.fetchval("SELECT slug FROM organizations WHERE id = $1", other_id)

    nowhere, here, there, stranger = [
        await caller(app, secret, asked) for asked in (None, organization_id, slug, new_id())
    ]

    assert nowhere is not None
    assert nowhere.organization_id == NO_ORGANIZATION
    assert here is not None
    assert (here.member_id, here.scopes) == (first.id, ALL_SCOPES)
    assert there is not None
    assert (there.member_id, there.scopes) == (second.id, frozenset())
    assert stranger is not None
    assert stranger.organization_id == NO_ORGANIZATION

    await app.execute(RevokeMember(other_id, second.id), SYSTEM)
    only = await caller(app, secret)
    assert only is not None
    assert only.organization_id == organization_id


async def test_removal_forgets_the_membership(app: Application, organization_id: UUID) -> None:
    member, secret = await signed_in(app, organization_id, MemberRole.ADMIN)
    counted = "SELECT count(*) FROM account_memberships WHERE account_id = $1"
    assert await app.pool.fetchval(counted, member.account_id) == 1

    await app.execute(RemoveMember(organization_id, member.id), SYSTEM)

    found = await caller(app, secret, organization_id)
    assert found is not None
    assert found.organization_id == NO_ORGANIZATION
    assert await app.pool.fetchval(counted, member.account_id) == 0


async def test_a_membership_that_points_to_somebody_else_counts_for_nothing(
    app: Application, organization_id: UUID
) -> None:
    member, secret = await signed_in(app, organization_id, MemberRole.USER)
    owner = await factories.owner(app, organization_id)
    await app.pool.execute(
        "UPDATE account_memberships SET member_id = $2 WHERE account_id = $1",
        member.account_id,
        owner.id,
    )

    found = await caller(app, secret, organization_id)

    assert found is not None
    assert (found.organization_id, found.scopes) == (NO_ORGANIZATION, frozenset())


async def test_a_session_ends(app: Application, organization_id: UUID) -> None:
    _, secret = await signed_in(app, organization_id)
    found = await find_session(Reader(app.pool), session_id_of(secret))
    assert found is not None
    second = timedelta(seconds=1)

    assert await caller(app, secret, now=found.expires_at - second) is not None
    assert await caller(app, secret, now=found.expires_at) is None
    assert caller_of_session(replace(found, ended_at=utc_now()), None, utc_now()) is None
    assert await find_session(Reader(app.pool), new_id()) is None
    assert found.secret_hash.hex() not in repr(found)
    assert str(found.secret_hash) not in repr(found)


async def test_for_whom_a_provider_vouches_is_that_person_in_its_organization_alone(
    app: Application, organization_id: UUID
) -> None:
    email = f"{factories.unique('ann')}@example.com"
    member, _ = await signed_in(app, organization_id, email=email)
    other_id = await factories.organization(app)
    await signed_in(app, other_id, email=email)
    vouched = await session(app, member.account_id, sso_organization_id=other_id)

    alone, here, there = [
        await caller(app, vouched, asked) for asked in (None, organization_id, other_id)
    ]

    assert alone is not None
    assert here is not None
    assert there is not None
    assert alone.organization_id == other_id, "there is but one that counts"
    assert (here.organization_id, here.scopes) == (NO_ORGANIZATION, frozenset())
    assert (there.organization_id, there.sso_organization_id) == (other_id, other_id)


async def test_a_session_costs_two_statements(app: Application, organization_id: UUID) -> None:
    _, secret = await signed_in(app, organization_id)
    _, pool = counting(app)
    reader = Reader(pool)

    found = await find_session(reader, session_id_of(secret))
    assert found is not None
    assert len(pool.statements) == 1
    await acting_member(reader, found, organization_id)
    assert len(pool.statements) == 2
    await acting_member(reader, found, new_id())
    assert len(pool.statements) == 2
