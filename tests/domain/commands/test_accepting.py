"""Accepting: whose account it is, which keys it gets, what the organization asks of a person."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from domain.application import Application
from domain.caller import nobody
from domain.commands import (
    Accepted,
    AcceptInvitation,
    Member,
    RemoveMember,
    RequestNewInvitationLink,
    RevisedState,
    ReviseMember,
    RevokeMember,
    UpdateOrganization,
)
from domain.errors import DomainError, Invalid, KeyRequired, LinkVoid, SignInRequired
from domain.ids import UUID
from domain.keys.account_keys import lock, new_key_pair, public_jwk
from domain.vocabulary import KeyHandshake, LinkProblem, MemberStatus
from tests.support import factories
from tests.support.factories import SYSTEM, Looks, person, unique
from tests.support.racing import race
from tests.support.sessions import session_id_of

PAIR, OTHER_PAIR = new_key_pair(), new_key_pair()
PUBLIC = public_jwk(PAIR)
LOCKED = lock(PAIR, "fourteen letters")
KEYS: dict[str, Any] = {"public_key": PUBLIC, "encrypted_private_key": LOCKED}
NOBODY = nobody("192.0.2.7")


async def accept(app: Application, invited: Member, who: Any = NOBODY, **given: Any) -> Accepted:
    link = await factories.invitation_link(app, invited)
    return (await app.execute(AcceptInvitation(link, **given), who)).value


async def account(app: Application, account_id: UUID | None) -> Any:
    return await app.pool.fetchrow("SELECT * FROM accounts WHERE id = $1", account_id)


async def memberships(app: Application, account_id: UUID | None) -> dict[UUID, UUID]:
    sql = "SELECT organization_id, member_id FROM account_memberships WHERE account_id = $1"
    return {row[0]: row[1] for row in await app.pool.fetch(sql, account_id)}


async def snapshot(app: Application, invited: Member) -> tuple[Any, ...]:
    """Everything that a refused acceptance must leave as it was."""
    looks = Looks(app.pool, invited.organization_id)
    counts = [
        await app.pool.fetchval(f"SELECT count(*) FROM {table}")
        for table in ("accounts", "account_memberships", "sessions")
    ]
    return (
        await looks.member(invited.id),
        await looks.invitations(invited.id),
        await looks.actions(),
        await app.pool.fetch("SELECT * FROM accounts ORDER BY id"),
        counts,
    )


async def refused(
    app: Application, invited: Member, error: type[DomainError], who: Any = NOBODY, **given: Any
) -> DomainError:
    """The refusal, after which nothing is other than before."""
    before = await snapshot(app, invited)
    with pytest.raises(error) as raised:
        await accept(app, invited, who, **given)
    assert await snapshot(app, invited) == before
    return raised.value


async def test_a_new_account_gets_keys_a_membership_and_a_session(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    invited = await factories.member(app, organization_id)

    accepted = await accept(app, invited, display_name="Ada", user_agent="a browser", **KEYS)

    row = await account(app, accepted.account_id)
    assert (row["email"], row["display_name"]) == (invited.attributes.email, "Ada")
    assert (row["public_key"], row["encrypted_private_key"]) == (PUBLIC, LOCKED)
    assert await memberships(app, accepted.account_id) == {organization_id: invited.id}
    member = await looks.member(invited.id)
    assert member is not None
    assert (member["stage"], member["account_id"]) == ("ACCEPTED", accepted.account_id)
    assert (member["wrapped_key_version"], member["wrapped_organization_key"]) == (0, None)
    assert accepted.session is not None
    session = await app.pool.fetchrow(
        "SELECT * FROM sessions WHERE id = $1", session_id_of(accepted.session)
    )
    assert (session["account_id"], session["method"]) == (accepted.account_id, "INVITATION")
    assert (session["ip"], session["user_agent"]) == ("192.0.2.7", "a browser")
    assert session["sso_organization_id"] is None
    (event,) = await looks.rows(
        "SELECT * FROM audit_events WHERE organization_id = $1 AND action = 'member.accepted'"
    )
    assert (event["actor_kind"], event["actor_id"]) == ("ACCOUNT", accepted.account_id)
    assert (event["actor_label"], event["origin"]) == (invited.attributes.email, "CONSOLE")


async def test_secrets_of_an_acceptance_do_not_show(
    app: Application, organization_id: UUID
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    command = AcceptInvitation(link, **KEYS)

    accepted = (await app.execute(command, NOBODY)).value

    assert accepted.session is not None
    shown = repr(command) + repr(accepted) + repr(RequestNewInvitationLink(link))
    for secret in (link[-43:], LOCKED, accepted.session[-43:]):
        assert secret not in shown


async def test_an_address_with_an_account_signs_in_first(
    app: Application, organization_id: UUID
) -> None:
    known = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    elsewhere = await factories.organization(app)
    invited = await factories.member(app, elsewhere, email=known.attributes.email)
    assert known.account_id is not None

    error = await refused(app, invited, SignInRequired, **KEYS)
    assert "sign in" in error.message

    accepted = await accept(app, invited, person(known.account_id))
    assert (accepted.account_id, accepted.session) == (known.account_id, None)
    assert await memberships(app, known.account_id) == {
        organization_id: known.id,
        elsewhere: invited.id,
    }


async def test_an_account_with_keys_uses_them_again(
    app: Application, organization_id: UUID
) -> None:
    first = await factories.member(app, organization_id)
    accepted = await accept(app, first, **KEYS)
    who = person(accepted.account_id)
    elsewhere = await factories.organization(app, key_handshake=KeyHandshake.REQUIRED)
    invited = await factories.member(app, elsewhere, email=first.attributes.email)

    error = await refused(app, invited, Invalid, who, **KEYS)
    assert isinstance(error, Invalid)
    assert error.attribute == "publicKey"

    await accept(app, invited, who)
    row = await account(app, accepted.account_id)
    assert (row["public_key"], row["encrypted_private_key"]) == (PUBLIC, LOCKED)


async def test_an_account_without_keys_gets_them(app: Application, organization_id: UUID) -> None:
    first = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    assert first.account_id is not None
    who = person(first.account_id)
    elsewhere = await factories.organization(app, key_handshake=KeyHandshake.REQUIRED)
    invited = await factories.member(app, elsewhere, email=first.attributes.email)

    await refused(app, invited, KeyRequired, who)
    await accept(app, invited, who, **KEYS)

    row = await account(app, first.account_id)
    assert (row["public_key"], row["encrypted_private_key"]) == (PUBLIC, LOCKED)


async def test_keys_are_required_where_the_organization_hands_over_its_own(
    app: Application,
) -> None:
    organization_id = await factories.organization(app, key_handshake=KeyHandshake.REQUIRED)
    invited = await factories.member(app, organization_id)

    await refused(app, invited, KeyRequired)

    assert (await accept(app, invited, **KEYS)).member.status is MemberStatus.ACCEPTED


WITH_PRIVATE = PAIR.as_dict(private=True)


@pytest.mark.parametrize(
    ("public", "locked", "told"),
    [
        (PUBLIC, None, ("encryptedPrivateKey", "is missing")),
        (None, LOCKED, ("publicKey", "is missing")),
        (WITH_PRIVATE, LOCKED, ("publicKey", "holds a private key")),
        ({**PUBLIC, "crv": "P-384"}, LOCKED, ("publicKey", "curve P-256")),
        ("a key", LOCKED, ("publicKey", "must be a JWK")),
        (PUBLIC, "a.b.c.d.e", ("encryptedPrivateKey", "compact JWE")),
        (PUBLIC, "x" * 5000, ("encryptedPrivateKey", "at most 4096")),
        (public_jwk(OTHER_PAIR), LOCKED, ("encryptedPrivateKey", "of another pair")),
    ],
)
async def test_keys_that_cannot_be_right(
    app: Application, organization_id: UUID, public: Any, locked: Any, told: tuple[str, str]
) -> None:
    attribute, why = told
    invited = await factories.member(app, organization_id)

    error = await refused(app, invited, Invalid, public_key=public, encrypted_private_key=locked)

    assert isinstance(error, Invalid)
    assert error.attribute == attribute
    assert why in error.message


async def test_who_is_signed_in_to_another_account(app: Application, organization_id: UUID) -> None:
    other = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    known = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    assert other.account_id is not None
    elsewhere = await factories.organization(app)
    new = await factories.member(app, elsewhere)
    invited = await factories.member(app, elsewhere, email=known.attributes.email)

    for each in (new, invited):
        error = await refused(app, each, LinkVoid, person(other.account_id))
        assert isinstance(error, LinkVoid)
        assert error.problem is LinkProblem.WRONG_ACCOUNT


async def test_a_person_is_one_member_of_an_organization(
    app: Application, organization_id: UUID
) -> None:
    address = f"{unique('ada')}@example.com"
    first = await factories.member(app, organization_id, MemberStatus.ACCEPTED, email=address)
    assert first.account_id is not None

    def moved(member: Member) -> RevisedState:
        return RevisedState(member.attributes.with_email(f"{unique('new')}@example.com"))

    await app.execute(ReviseMember(organization_id, first.id, moved), SYSTEM)
    second = await factories.member(app, organization_id, email=address)

    error = await refused(app, second, Invalid, person(first.account_id))
    assert "another member of this organization already" in error.message
    # The account keeps its address, whatever the directory says.
    assert (await account(app, first.account_id))["email"] == address

    await app.execute(RemoveMember(organization_id, first.id), SYSTEM)
    assert await memberships(app, first.account_id) == {}
    accepted = await accept(app, second, person(first.account_id))
    assert await memberships(app, accepted.account_id) == {organization_id: second.id}


async def test_domains_that_the_organization_does_not_take(
    app: Application, organization_id: UUID
) -> None:
    invited = await factories.member(app, organization_id)
    command = UpdateOrganization(organization_id, allowed_email_domains=("acme.example",))
    await app.execute(command, SYSTEM)

    error = await refused(app, invited, DomainError)

    assert error.code == "POLICY"
    assert "acme.example" in error.message


async def test_single_sign_on_where_it_is_required(app: Application, organization_id: UUID) -> None:
    known = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    elsewhere = await factories.organization(app)
    await app.execute(UpdateOrganization(elsewhere, require_sso=True), SYSTEM)
    invited = await factories.member(app, elsewhere, email=known.attributes.email)
    stranger = await factories.member(app, elsewhere)
    assert known.account_id is not None

    by_link = person(known.account_id)
    by_another = person(known.account_id, sso_organization_id=organization_id)
    for who in (by_link, by_another):
        assert (await refused(app, invited, DomainError, who)).code == "POLICY"
    assert (await refused(app, stranger, DomainError)).code == "POLICY"
    assert (await refused(app, invited, SignInRequired)).code == "SIGN_IN_REQUIRED"

    await accept(app, invited, person(known.account_id, sso_organization_id=elsewhere))
    sso_at = await app.pool.fetchval(
        "SELECT sso_at FROM account_memberships WHERE account_id = $1 AND organization_id = $2",
        known.account_id,
        elsewhere,
    )
    assert sso_at is not None


async def test_the_only_organization_of_its_members(
    app: Application, organization_id: UUID
) -> None:
    known = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    jealous = await factories.organization(app)
    await app.execute(UpdateOrganization(jealous, single_organization=True), SYSTEM)
    invited = await factories.member(app, jealous, email=known.attributes.email)
    assert known.account_id is not None
    who = person(known.account_id)

    assert (await refused(app, invited, DomainError, who)).code == "POLICY"

    await app.execute(RevokeMember(organization_id, known.id), SYSTEM)
    assert (await accept(app, invited, who)).member.status is MemberStatus.ACCEPTED


async def test_two_organizations_at_once_make_one_account(app: Application) -> None:
    for _ in range(5):
        email = f"{unique('ada')}@example.com"
        links = []
        for _ in range(4):
            organization_id = await factories.organization(app)
            invited = await factories.member(app, organization_id, email=email)
            links.append(await factories.invitation_link(app, invited))

        results = await race([app.execute(AcceptInvitation(link), NOBODY) for link in links])

        assert len(results.done) == 1
        assert results.refusals() == ["SignInRequired"] * 3
        count = "SELECT count(*) FROM accounts WHERE email_key = $1"
        assert await app.pool.fetchval(count, email) == 1
        account_id = results.done[0].value.account_id
        assert len(await memberships(app, account_id)) == 1
        sessions = "SELECT count(*) FROM sessions WHERE account_id = $1"
        assert await app.pool.fetchval(sessions, account_id) == 1


async def test_twenty_tries_of_a_signed_in_person(app: Application, organization_id: UUID) -> None:
    known = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    elsewhere = await factories.organization(app)
    invited = await factories.member(app, elsewhere, email=known.attributes.email)
    assert known.account_id is not None
    link = await factories.invitation_link(app, invited)

    results = await race(
        [app.execute(AcceptInvitation(link), person(known.account_id)) for _ in range(20)]
    )

    assert len(results.done) == 1
    assert {error.message for error in results.refused} == {
        "token was used already; sign in instead."
    }
    looks = Looks(app.pool, elsewhere)
    assert await looks.actions(invited.id) == ["member.invited", "member.accepted"]


async def test_the_link_stands_in_no_log_and_no_table(
    app: Application, organization_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    with pytest.raises(LinkVoid):
        await app.execute(AcceptInvitation(link[:-1] + ("A" if link[-1] != "A" else "E")), NOBODY)

    accepted = await accept(app, invited)

    assert accepted.session is not None
    said = "\n".join(record.getMessage() for record in caplog.records)
    for secret in (link, accepted.session):
        assert secret[-43:] not in said
    rows = await app.pool.fetch("SELECT * FROM invitations WHERE member_id = $1", invited.id)
    rows += await app.pool.fetch("SELECT * FROM sessions")
    assert rows
    assert link[-43:] not in str(rows)
    assert accepted.session[-43:] not in str(rows)


async def ask_again(app: Application, link: str, who: Any = NOBODY) -> bool:
    outcome = await app.execute(RequestNewInvitationLink(link), who)
    assert outcome.value is None
    return outcome.changed


async def expire(app: Application, invited: Member, *, minutes_ago: int = 11) -> None:
    """The invitation has expired, and was queued so long ago."""
    await app.pool.execute(
        "UPDATE invitations SET expires_at = now(), queued_at = now() - $3::interval"
        " WHERE organization_id = $1 AND member_id = $2",
        invited.organization_id,
        invited.id,
        timedelta(minutes=minutes_ago),
    )


async def test_a_new_link_in_place_of_an_expired_one(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    await expire(app, invited)

    assert await ask_again(app, link)
    assert not await ask_again(app, link)

    states = await looks.invitations(invited.id)
    assert states == ["CANCELLED", "QUEUED"]
    (event,) = await looks.rows(
        "SELECT * FROM audit_events WHERE organization_id = $1 AND action = 'member.reinvited'"
    )
    assert (event["origin"], event["actor_kind"]) == ("SYSTEM", "SYSTEM_PROCESS")
    assert event["actor_label"] == "expired invitation link"
    fresh = await factories.invitation_link(app, invited)
    assert fresh != link
    assert (await accept(app, invited)).member.status is MemberStatus.ACCEPTED


async def test_no_new_link_within_ten_minutes(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    await expire(app, invited, minutes_ago=9)

    assert not await ask_again(app, link)

    assert len(await looks.invitations(invited.id)) == 1


async def test_twenty_ask_for_one_link(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    await expire(app, invited)

    results = await race([app.execute(RequestNewInvitationLink(link), NOBODY) for _ in range(20)])

    assert sorted(outcome.changed for outcome in results.done) == [False] * 19 + [True]
    assert len(await looks.invitations(invited.id)) == 2


@pytest.mark.parametrize("case", ["works", "revoked", "removed", "accepted", "forged", "nonsense"])
async def test_no_other_link_brings_a_new_one(
    app: Application, organization_id: UUID, looks: Looks, case: str
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    match case:
        case "works":
            await app.pool.execute(
                "UPDATE invitations SET queued_at = now() - interval '1 d' WHERE member_id = $1",
                invited.id,
            )
        case "revoked":
            await app.execute(RevokeMember(organization_id, invited.id), SYSTEM)
            await expire(app, invited)
        case "removed":
            await expire(app, invited)
            await app.execute(RemoveMember(organization_id, invited.id), SYSTEM)
        case "accepted":
            await accept(app, invited)
            await expire(app, invited)
        case "forged":
            await expire(app, invited)
            link = f"{link[:-43]}{'A' * 43}"
        case _:
            link = "inv_nothing"
    before = await looks.actions()

    assert not await ask_again(app, link)

    assert await looks.actions() == before


async def test_the_hash_alone_is_compared(app: Application, organization_id: UUID) -> None:
    """Whoever reads the database cannot make a link of what stands there."""
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    stored = await app.pool.fetchval(
        "SELECT token_hash FROM invitations WHERE member_id = $1", invited.id
    )
    secret = factories.POLICY.secret_of(organization_id, UUID(hex=link.split("_")[2]))
    assert stored == sha256(secret).digest()
    assert (
        replace(factories.POLICY, secret_key=b"another").secret_of(
            organization_id, UUID(hex=link.split("_")[2])
        )
        != secret
    )
