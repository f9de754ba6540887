"""By every way that can change an address or a userName: who gets a new link, who keeps what."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commands import AcceptInvitation, ConfirmMember, RevokeMember
from domain.errors import DomainError
from domain.ids import UUID
from domain.vocabulary import MemberStatus
from tests.scim_facade.address_ways import (
    HOME,
    LISTED,
    NAMES,
    NEW,
    OLD,
    SECOND,
    TO_SECOND,
    WAYS,
    Way,
    operation,
)
from tests.scim_facade.people import FULL, ada
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.scim import Served, patch_body


async def change(acme: Served, id_: str, way: Way) -> Any:
    answer = await acme.request(way[0], f"/Users/{id_}", way[1])
    assert answer.status == 200, answer.body
    return answer


async def mails(acme: Served, id_: str) -> list[tuple[str, str]]:
    rows = await acme.looks.rows(
        "SELECT email, state FROM invitations WHERE organization_id = $1 AND member_id = $2"
        " ORDER BY queued_at, id",
        UUID(id_),
    )
    return [(row["email"], row["state"]) for row in rows]


async def link(acme: Served, id_: str) -> str:
    rows = await acme.looks.rows(
        "SELECT id FROM invitations WHERE organization_id = $1 AND member_id = $2"
        " AND state IN ('QUEUED', 'SENT')",
        UUID(id_),
    )
    assert len(rows) == 1, "one invitation is open"
    return factories.link_of(acme.organization_id, rows[0]["id"])


async def bring_to(acme: Served, id_: str, status: MemberStatus) -> None:
    """Bring the invited Ada there, by the person's and an administrator's own steps."""
    run = acme.world.app.execute
    if status in {MemberStatus.ACCEPTED, MemberStatus.CONFIRMED}:
        opened = await link(acme, id_)
        await run(AcceptInvitation(opened), await factories.acceptor(acme.world.app, opened))
    if status is MemberStatus.CONFIRMED:
        await run(ConfirmMember(acme.organization_id, UUID(id_)), SYSTEM)
    if status is MemberStatus.REVOKED:
        await run(RevokeMember(acme.organization_id, UUID(id_)), SYSTEM)


async def row(acme: Served, id_: str) -> Any:
    found = await acme.looks.member(UUID(id_))
    assert found is not None
    return found


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_an_invited_member_gets_a_new_link(acme: Served, way: Way) -> None:
    id_ = await ada(acme)
    old_link = await link(acme, id_)

    await change(acme, id_, way)

    assert (await acme.standing(id_))["status"] == "INVITED"
    after = await row(acme, id_)
    assert (after["email"], after["user_name"], after["external_id"]) == (NEW, "ada", "e-1")
    assert await mails(acme, id_) == [(OLD, "CANCELLED"), (NEW, "QUEUED")]
    assert await acme.looks.actions(UUID(id_)) == [
        "member.invited",
        "member.updated",
        "member.reinvited",
    ]
    assert await acme.find("/Users", f'emails.value eq "{NEW}"') == [id_]
    # the old link is dead, the new one opens
    with pytest.raises(DomainError):
        await acme.world.app.execute(AcceptInvitation(old_link), SYSTEM)
    opened = await link(acme, id_)
    accepted = await acme.world.app.execute(
        AcceptInvitation(opened), await factories.acceptor(acme.world.app, opened)
    )
    assert str(accepted.value.member.id) == id_


@pytest.mark.parametrize("way", TO_SECOND.values(), ids=TO_SECOND)
async def test_the_next_address_takes_the_place_of_the_first(acme: Served, way: Way) -> None:
    id_ = await ada(acme)

    await change(acme, id_, way)

    assert (await row(acme, id_))["email"] == SECOND
    assert await mails(acme, id_) == [(OLD, "CANCELLED"), (SECOND, "QUEUED")]


@pytest.mark.parametrize("way", NAMES.values(), ids=NAMES)
async def test_a_user_name_that_is_the_address_moves_it(acme: Served, way: Way) -> None:
    id_ = (await acme.user(OLD)).id

    answer = await change(acme, id_, way)

    assert answer["userName"] == NEW
    assert (await row(acme, id_))["email"] == NEW
    assert await mails(acme, id_) == [(OLD, "CANCELLED"), (NEW, "QUEUED")]
    assert await acme.find("/Users", f'userName eq "{OLD}"') == []


@pytest.mark.parametrize("way", NAMES.values(), ids=NAMES)
async def test_beside_a_list_a_user_name_is_only_a_name(acme: Served, way: Way) -> None:
    id_ = await ada(acme)
    way = (way[0], FULL | {"userName": NEW}) if way[0] == "PUT" else way

    answer = await change(acme, id_, way)

    assert answer["userName"] == NEW
    assert (await row(acme, id_))["email"] == OLD
    assert await mails(acme, id_) == [(OLD, "QUEUED")]
    assert await acme.looks.actions(UUID(id_)) == ["member.invited", "member.updated"]


# The remaining way names an address that someone without one does not have.
@pytest.mark.parametrize("name", sorted(WAYS.keys() - {"by the old address"}))
async def test_a_staged_member_is_invited_when_an_address_arrives(acme: Served, name: str) -> None:
    id_ = (await acme.user("ada", externalId="e-1", displayName="Ada")).id
    assert (await row(acme, id_))["stage"] == "STAGED"

    await change(acme, id_, WAYS[name])

    assert (await acme.standing(id_))["status"] == "INVITED"
    assert await mails(acme, id_) == [(NEW, "QUEUED")]
    assert await acme.looks.seats() == (None, 1)


@pytest.mark.parametrize("status", [MemberStatus.ACCEPTED, MemberStatus.CONFIRMED])
@pytest.mark.parametrize("name", ["PUT", "replace by type", "no path, dotted", "with URN"])
async def test_who_has_accepted_keeps_the_account(
    acme: Served, name: str, status: MemberStatus
) -> None:
    id_ = await ada(acme)
    await bring_to(acme, id_, status)
    before = await row(acme, id_)
    accounts = await acme.world.app.pool.fetch("SELECT * FROM accounts ORDER BY id")

    await change(acme, id_, WAYS[name])

    after = await row(acme, id_)
    assert (await acme.standing(id_))["status"] == status
    assert (after["email"], after["version"]) == (NEW, before["version"] + 1)
    for kept in ("account_id", "stage", "accepted_at", "confirmed_at", "invited_at", "revoked_at"):
        assert after[kept] == before[kept]
    assert after["account_id"] is not None
    assert await mails(acme, id_) == [(OLD, "ACCEPTED")]
    assert await acme.world.app.pool.fetch("SELECT * FROM accounts ORDER BY id") == accounts
    assert (await acme.looks.actions(UUID(id_)))[-1] == "member.updated"


@pytest.mark.parametrize("name", ["PUT", "replace by type", "no path, nested"])
async def test_a_revoked_member_gets_no_mail_until_restored(acme: Served, name: str) -> None:
    id_ = await ada(acme)
    await bring_to(acme, id_, MemberStatus.REVOKED)

    answer = await change(acme, id_, WAYS[name])

    assert answer["active"] is False
    assert (await row(acme, id_))["email"] == NEW
    assert await mails(acme, id_) == [(OLD, "CANCELLED")]

    await change(acme, id_, ("PATCH", operation("replace", "active", True)))
    assert await mails(acme, id_) == [(OLD, "CANCELLED"), (NEW, "QUEUED")]


async def test_address_and_access_in_one_request(acme: Served) -> None:
    id_ = await ada(acme)

    await change(acme, id_, ("PUT", FULL | {"emails": LISTED, "active": False}))
    assert await mails(acme, id_) == [(OLD, "CANCELLED")]

    await change(acme, id_, ("PUT", FULL | {"emails": [HOME], "active": True}))
    assert await mails(acme, id_) == [(OLD, "CANCELLED"), (SECOND, "QUEUED")]


@pytest.mark.parametrize("status", [MemberStatus.INVITED, MemberStatus.CONFIRMED])
async def test_another_case_is_stored_as_sent_and_sends_nothing(
    acme: Served, status: MemberStatus
) -> None:
    id_ = await ada(acme)
    await bring_to(acme, id_, status)
    before, sent = await row(acme, id_), await mails(acme, id_)

    answer = await change(
        acme,
        id_,
        (
            "PATCH",
            patch_body(
                {"op": "replace", "path": "userName", "value": "ADA"},
                {"op": "replace", "path": 'emails[type eq "work"].value', "value": OLD.upper()},
            ),
        ),
    )

    after = await row(acme, id_)
    assert (answer["userName"], answer["emails"][0]["value"]) == ("ADA", OLD.upper())
    assert (after["email"], after["email_key"]) == (OLD.upper(), OLD)
    assert after["version"] == before["version"] + 1
    assert await mails(acme, id_) == sent
    assert list(acme.log[-1].changed_attributes) == ["userName", "emails"]


async def test_an_invited_member_never_loses_the_address(acme: Served) -> None:
    id_ = await ada(acme)

    for way in (
        ("PUT", FULL | {"emails": None}),
        ("PATCH", operation("remove", "emails")),
        ("PATCH", operation("replace", "emails", [])),
    ):
        await change(acme, id_, way)
        assert (await row(acme, id_))["email"] == OLD

    assert await mails(acme, id_) == [(OLD, "QUEUED")]
    assert "email_kept" in acme.log[1].warning_names
