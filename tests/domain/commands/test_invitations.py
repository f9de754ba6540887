"""Accepting: the link works once, and not at all once something has made it void."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import asyncpg
import pytest

from domain.application import Application
from domain.commands import (
    AcceptInvitation,
    Member,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevisedState,
    ReviseMember,
    RevokeMember,
)
from domain.errors import Invalid, LinkVoid
from domain.ids import UUID, new_id
from domain.store.invitation_links import InvitationPolicy
from domain.vocabulary import LinkProblem, MemberStatus
from tests.support import factories
from tests.support.factories import POLICY, SYSTEM, Looks

UNKNOWN = "token is not that of an invitation; copy the whole link."
TAKEN_BACK = (
    "token opens nothing any more, since the invitation was taken back; ask an administrator."
)
EXPIRED = "token has expired; ask for a new link."
USED = "token was used already; sign in instead."
REPLACED = "token was replaced by a newer one; use the link in the newest mail."
REVOKED = "token opens nothing, since access was withdrawn; ask an administrator."
ADDRESS_CHANGED = (
    "token was sent to an address that has changed since; use the link in the mail to the new one."
)
MOVE = """
UPDATE members SET email = 'bob@example.com', email_key = 'bob@example.com'
WHERE organization_id = $1 AND id = $2
"""
REPLACE = """
UPDATE invitations SET state = 'CANCELLED' WHERE organization_id = $1 AND member_id = $2
"""


async def accept(app: Application, link: str) -> Member:
    who = await factories.acceptor(app, link)
    return (await app.execute(AcceptInvitation(link), who)).value.member


async def refusal(app: Application, link: str) -> str:
    with pytest.raises(LinkVoid) as raised:
        await accept(app, link)
    assert raised.value.attribute == "token"
    return raised.value.message


async def test_the_invitation_that_is_queued(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await factories.member(app, organization_id)

    (row,) = await looks.rows("SELECT * FROM invitations WHERE organization_id = $1")
    assert (row["member_id"], row["email"]) == (person.id, person.attributes.email)
    assert (row["state"], row["attempts"], row["sent_at"]) == ("QUEUED", 0, None)
    assert row["queued_at"] == person.created_at
    assert row["due_at"] == person.created_at + timedelta(seconds=10)
    assert row["expires_at"] == person.created_at + timedelta(hours=120)
    assert row["token_hash"] == sha256(POLICY.secret_of(organization_id, row["id"])).digest()


async def test_accepting_makes_an_account(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, person)

    outcome = await app.execute(AcceptInvitation(link, "Ann Other"), SYSTEM)

    assert outcome.changed
    assert outcome.value.member.status is MemberStatus.ACCEPTED
    account = await app.pool.fetchrow(
        "SELECT * FROM accounts WHERE id = $1", outcome.value.account_id
    )
    assert account["email"] == person.attributes.email
    assert account["email_key"] == person.attributes.email_key
    assert account["display_name"] == "Ann Other"
    assert outcome.value.member.account_id == outcome.value.account_id
    assert await looks.invitations(person.id) == ["ACCEPTED"]
    assert await refusal(app, link) == USED


async def test_one_account_for_an_address_in_all_organizations(app: Application) -> None:
    email = f"{factories.unique('Ann')}@Example.com"
    accounts = set()
    for spelling in (email, email.upper()):
        organization_id = await factories.organization(app)
        person = await factories.member(app, organization_id, email=spelling)
        accounts.add((await factories.accepted(app, person)).account_id)

    assert len(accounts) == 1


@pytest.mark.parametrize(("command", "why"), [(RevokeMember, REVOKED), (ReinviteMember, REPLACED)])
async def test_what_makes_a_link_void(
    app: Application,
    organization_id: UUID,
    looks: Looks,
    command: type[RevokeMember | ReinviteMember],
    why: str,
) -> None:
    person = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, person)

    await app.execute(command(organization_id, person.id), SYSTEM)

    assert await refusal(app, link) == why
    assert (await looks.invitations(person.id))[0] == "CANCELLED"


async def test_a_restored_member_needs_the_new_link(
    app: Application, organization_id: UUID
) -> None:
    person = await factories.member(app, organization_id)
    old = await factories.invitation_link(app, person)
    await app.execute(RevokeMember(organization_id, person.id), SYSTEM)
    await app.execute(RestoreMember(organization_id, person.id), SYSTEM)

    assert await refusal(app, old) == REPLACED
    fresh = await factories.invitation_link(app, person)
    assert (await accept(app, fresh)).status is MemberStatus.ACCEPTED


@pytest.mark.parametrize(
    ("voids", "why"), [(MOVE, LinkProblem.ADDRESS_CHANGED), (REPLACE, LinkProblem.REPLACED)]
)
async def test_a_link_that_becomes_void_while_it_waits_for_its_member(
    app: Application, organization_id: UUID, looks: Looks, voids: str, why: LinkProblem
) -> None:
    person = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, person)
    held = "SELECT 1 FROM members WHERE organization_id = $1 AND id = $2 FOR UPDATE"
    waits = "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"
    async with app.pool.acquire() as other, other.transaction():
        await other.execute(held, organization_id, person.id)
        accepting = asyncio.create_task(app.execute(AcceptInvitation(link), SYSTEM))
        while not await app.pool.fetchval(waits, other.get_server_pid()):
            assert not accepting.done()
            await asyncio.sleep(0.01)
        await other.execute(voids, organization_id, person.id)

    with pytest.raises(LinkVoid) as void:
        await accepting

    assert void.value.problem is why
    row = await looks.member(person.id)
    assert row is not None
    assert (row["stage"], row["account_id"]) == ("INVITED", None)
    assert await looks.actions(person.id) == ["member.invited"]


async def test_a_link_of_one_who_is_removed(app: Application, organization_id: UUID) -> None:
    person = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, person)

    await app.execute(RemoveMember(organization_id, person.id), SYSTEM)

    assert await refusal(app, link) == TAKEN_BACK


async def test_another_address_makes_the_link_void_and_another_spelling_does_not(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    person = await factories.member(app, organization_id, email="ann@example.com")
    first = await factories.invitation_link(app, person)

    def emailed(email: str) -> ReviseMember:
        def edit(member: Member) -> RevisedState:
            return RevisedState(member.attributes.with_email(email))

        return ReviseMember(organization_id, person.id, edit)

    await app.execute(emailed("ANN@example.com"), SYSTEM)
    assert await looks.invitations(person.id) == ["QUEUED"]
    await app.execute(emailed("bob@example.com"), SYSTEM)

    assert await refusal(app, first) == ADDRESS_CHANGED
    assert await looks.invitations(person.id) == ["CANCELLED", "QUEUED"]
    assert await looks.actions(person.id) == [
        "member.invited",
        "member.updated",
        "member.updated",
        "member.reinvited",
    ]
    accepted = await accept(app, await factories.invitation_link(app, person))
    account = await app.pool.fetchval(
        "SELECT email FROM accounts WHERE id = $1", accepted.account_id
    )
    assert account == "bob@example.com"


async def test_a_link_expires(app: Application, organization_id: UUID) -> None:
    brief = Application(app.pool, replace(POLICY, lifetime=timedelta(0)))
    person = await factories.member(brief, organization_id)

    assert await refusal(app, await factories.invitation_link(app, person)) == EXPIRED


@pytest.mark.parametrize("state", ["FAILED", "BOUNCED", "EXPIRED", "CANCELLED"])
async def test_only_open_invitations_work(
    app: Application, organization_id: UUID, owner_database_url: str, state: str
) -> None:
    person = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, person)
    owner = await asyncpg.connect(owner_database_url)
    await owner.execute(
        "UPDATE invitations SET state = $3 WHERE organization_id = $1 AND member_id = $2",
        organization_id,
        person.id,
        state,
    )
    await owner.close()

    assert await refusal(app, link) == (REPLACED if state == "CANCELLED" else EXPIRED)


async def test_links_of_nobody(app: Application, organization_id: UUID) -> None:
    person = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, person)
    stranger = InvitationPolicy(b"another key")
    prefix, organization, invitation, secret = link.split("_", 3)
    assert factories.link_of(organization_id, UUID(hex=invitation)) == link

    for wrong in (
        "",
        "inv",
        link[:-1],
        link.replace(prefix, "rck", 1),
        f"{prefix}_{organization}_{new_id().hex}_{secret}",
        f"{prefix}_{new_id().hex}_{invitation}_{secret}",
        f"{prefix}_{organization}_{invitation}_{'A' * 43}",
        stranger.token_of(organization_id, UUID(hex=invitation)),
    ):
        assert await refusal(app, wrong) == UNKNOWN


async def test_a_name_of_an_account_has_a_limit(app: Application, organization_id: UUID) -> None:
    person = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, person)

    with pytest.raises(Invalid, match="name must be at most 256 characters"):
        await app.execute(AcceptInvitation(link, "x" * 257), SYSTEM)

    assert (await accept(app, link)).accepted_at is not None
    assert datetime.now(UTC) - person.created_at < timedelta(minutes=1)
