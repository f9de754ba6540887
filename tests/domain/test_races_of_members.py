"""One name wanted by many, and one member acted on by many."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.application import Application
from domain.commands import (
    AcceptInvitation,
    ConfirmMember,
    CreateOrganization,
    Member,
    MemberEdit,
    ProvisionMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevisedState,
    ReviseMember,
    RevokeMember,
)
from domain.errors import LinkVoid, Taken
from domain.ids import UUID
from domain.vocabulary import MemberStatus, OnProvision
from tests.support import factories
from tests.support.factories import SYSTEM, Looks, unique
from tests.support.racing import race


@pytest.mark.parametrize("on_provision", list(OnProvision))
@pytest.mark.parametrize("seats", [None, 5])
async def test_sixteen_creates_of_one_user_name(
    app: Application, on_provision: OnProvision, seats: int | None
) -> None:
    organization_id = await factories.organization(app, seats=seats)
    looks = Looks(app.pool, organization_id)

    results = await race(
        [
            app.execute(
                ProvisionMember(
                    organization_id,
                    factories.attributes(user_name="É. Person", email=f"{number}@example.com"),
                    on_provision=on_provision,
                ),
                SYSTEM,
            )
            for number in range(16)
        ]
    )

    assert len(results.done) == 1
    assert results.refusals() == ["Taken"] * 15
    for error in results.refused:
        assert isinstance(error, Taken)
        assert (error.attribute, error.kind) == ("userName", "member")
        assert error.existing == results.done[0].value.id
    assert len(await looks.rows("SELECT id FROM members WHERE organization_id = $1")) == 1
    assert len(await looks.actions()) == 2


@pytest.mark.parametrize("attribute", ["email", "externalId"])
async def test_creates_that_share_another_name(
    app: Application, organization_id: UUID, attribute: str
) -> None:
    shared = {"email": {"email": "One@Example.com"}, "externalId": {"external_id": "x-1"}}
    given = shared[attribute]

    results = await race(
        [
            app.execute(ProvisionMember(organization_id, factories.attributes(**given)), SYSTEM)
            for _ in range(16)
        ]
    )

    assert len(results.done) == 1
    assert {error.attribute for error in results.refused if isinstance(error, Taken)} == {attribute}
    assert len(results.refused) == 15


async def test_swapping_user_names(app: Application, organization_id: UUID, looks: Looks) -> None:
    """Neither may take the other's name while it is held; nobody ends up with none or both."""
    one = await factories.member(app, organization_id, name="one")
    two = await factories.member(app, organization_id, name="two")

    def named(name: str) -> ReviseMember:
        def edit(member: Member) -> RevisedState:
            attributes = factories.attributes(user_name=name, email=member.attributes.email)
            return RevisedState(attributes)

        return ReviseMember(organization_id, one.id if name == "two" else two.id, edit)

    results = await race([app.execute(named(name), SYSTEM) for name in ("one", "two") * 8])

    assert results.refusals() == ["Taken"] * 16
    rows = [await looks.member(each.id) for each in (one, two)]
    assert [row and (row["user_name"], row["version"]) for row in rows] == [("one", 1), ("two", 1)]


async def test_one_free_name_wanted_by_sixteen_members(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    people = await factories.members(app, organization_id, 16)

    def edit(member: Member) -> RevisedState:
        key = "wanted"
        return RevisedState(replace(member.attributes, user_name=key, user_name_key=key))

    results = await race(
        [app.execute(ReviseMember(organization_id, id_, edit), SYSTEM) for id_ in people]
    )

    (winner,) = results.done
    assert results.refusals() == ["Taken"] * 15
    for error in results.refused:
        assert isinstance(error, Taken)
        assert error.existing == winner.value.member.id
    assert (await looks.actions()).count("member.updated") == 1


async def test_updates_of_different_attributes_are_all_kept(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await factories.member(app, organization_id)

    def put(number: int) -> ReviseMember:
        def edit(member: Member) -> RevisedState:
            profile = {**member.attributes.profile, f"a{number}": number}
            return RevisedState(replace(member.attributes, profile=profile))

        return ReviseMember(organization_id, person.id, edit)

    results = await race([app.execute(put(number), SYSTEM) for number in range(48)])

    assert len(results.done) == 48
    row = await looks.member(person.id)
    assert row is not None
    assert row["profile"] == {f"a{number}": number for number in range(48)}
    assert row["version"] == 49
    assert sorted(outcome.value.member.version for outcome in results.done) == list(range(2, 50))


async def test_expected_versions_let_one_through(app: Application, organization_id: UUID) -> None:
    person = await factories.member(app, organization_id)

    def put(number: int) -> ReviseMember:
        def edit(member: Member) -> RevisedState:
            return RevisedState(replace(member.attributes, given_name=str(number)))

        return ReviseMember(organization_id, person.id, edit, expected_version=person.version)

    results = await race([app.execute(put(number), SYSTEM) for number in range(16)])

    assert len(results.done) == 1
    assert results.refusals() == ["VersionConflict"] * 15


async def test_confirm_against_revoke(app: Application, organization_id: UUID) -> None:
    looks = Looks(app.pool, organization_id)
    for _ in range(6):
        person = await factories.member(app, organization_id, MemberStatus.ACCEPTED)

        results = await race(
            [
                app.execute(command(organization_id, person.id), SYSTEM)
                for _ in range(4)
                for command in (ConfirmMember, RevokeMember)
            ]
        )

        row = await looks.member(person.id)
        assert row is not None
        assert row["revoked_at"] is not None
        assert set(results.refusals()) <= {"InvalidTransition"}
        happened = (await looks.actions(person.id))[2:]
        confirmed = row["stage"] == "CONFIRMED"
        assert happened == (
            ["member.confirmed", "member.revoked"] if confirmed else ["member.revoked"]
        )
        assert row["version"] == 2 + len(happened)


async def test_a_link_is_used_once(app: Application, organization_id: UUID, looks: Looks) -> None:
    person = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, person)

    results = await race([app.execute(AcceptInvitation(link), SYSTEM) for _ in range(20)])

    assert [outcome.changed for outcome in results.done] == [True]
    assert len(results.refused) == 19
    assert {(type(error), error.message) for error in results.refused} == {
        (LinkVoid, "token was used already; sign in instead.")
    }
    assert await looks.actions(person.id) == ["member.invited", "member.accepted"]
    assert await looks.invitations(person.id) == ["ACCEPTED"]


async def test_a_link_against_what_voids_it(app: Application, organization_id: UUID) -> None:
    looks = Looks(app.pool, organization_id)
    for command in (RevokeMember, ReinviteMember, RemoveMember):
        for _ in range(4):
            person = await factories.member(app, organization_id)
            link = await factories.invitation_link(app, person)

            results = await race(
                [
                    app.execute(AcceptInvitation(link), SYSTEM),
                    app.execute(command(organization_id, person.id), SYSTEM),
                    app.execute(AcceptInvitation(link), SYSTEM),
                ]
            )

            actions = await looks.actions(person.id)
            accepted = "member.accepted" in actions
            assert actions.count("member.accepted") == accepted
            states = await looks.invitations(person.id)
            row = await looks.member(person.id)
            if command is RemoveMember:
                assert row is None
                assert states == []
            elif command is RevokeMember:
                assert states == ["ACCEPTED" if accepted else "CANCELLED"]
            else:
                assert states == (["ACCEPTED"] if accepted else ["CANCELLED", "QUEUED"])
            assert set(results.refusals()) <= {"LinkVoid", "InvalidTransition", "NotFound"}


async def test_one_name_for_sixteen_organizations(app: Application) -> None:
    name = unique("Founders")

    results = await race([app.execute(CreateOrganization(name), SYSTEM) for _ in range(16)])

    assert len(results.done) == 1
    assert results.refusals() == ["Taken"] * 15
    assert {error.existing for error in results.refused if isinstance(error, Taken)} == {
        results.done[0].value
    }


async def test_names_that_share_a_slug(app: Application) -> None:
    name = unique("Founders")

    results = await race(
        [
            app.execute(CreateOrganization(name + end), SYSTEM)
            for end in ["!", "!!", "!!!", "?", "??", "???", ".", "..", "&"]
        ]
    )

    assert results.refused == []
    ids = [outcome.value for outcome in results.done]
    slugs = await app.pool.fetch("SELECT slug FROM organizations WHERE id = any($1)", ids)
    assert len({row["slug"] for row in slugs}) == 9
    assert sum(row["slug"] == name.lower() for row in slugs) == 1


async def test_a_member_who_changes_while_the_account_is_waited_for_is_read_again(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await factories.member(app, organization_id, MemberStatus.REVOKED)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))"
    async with app.pool.acquire() as other, other.transaction():
        await other.fetch("SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE", person.account_id)
        restoring = asyncio.create_task(
            app.execute(RestoreMember(organization_id, person.id), SYSTEM)
        )
        while not await app.pool.fetchval(waiting, other.get_server_pid()):
            await asyncio.sleep(0.01)
        await app.execute(ReviseMember(organization_id, person.id, given_name("Zoë")), SYSTEM)

    restored = (await restoring).value

    assert restored.attributes.given_name == "Zoë"
    assert restored.version == person.version + 2
    assert (await looks.actions())[-2:] == ["member.updated", "member.restored"]
    row = (await looks.rows("SELECT * FROM members WHERE organization_id = $1"))[0]
    assert (row["given_name"], row["revoked_at"]) == ("Zoë", None)


def given_name(name: str) -> MemberEdit:
    def edit(member: Member) -> RevisedState:
        return RevisedState(replace(member.attributes, given_name=name))

    return edit
