"""Accepting: whose account it is, which keys it gets, what the organization asks of a person."""

from __future__ import annotations

import logging
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from domain.application import Application
from domain.commands import (
    AcceptInvitation,
    Member,
    RemoveMember,
    RequestNewInvitationLink,
    RevisedState,
    ReviseMember,
)
from domain.errors import Invalid, KeyRequired, LinkVoid, SignInRequired
from domain.ids import UUID
from domain.keys.account_keys import public_jwk
from domain.vocabulary import LinkProblem, MemberStatus
from tests.domain.commands.acceptance import (
    KEYS,
    LOCKED,
    NOBODY,
    OTHER_PAIR,
    PAIR,
    PUBLIC,
    accept,
    account,
    known_and_invited,
    memberships,
    refused,
)
from tests.support import factories
from tests.support.factories import SYSTEM, Looks, person, unique
from tests.support.keyed import keyed
from tests.support.sessions import session_id_of


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
    known, account_id, invited = await known_and_invited(app, organization_id)

    error = await refused(app, invited, SignInRequired, **KEYS)
    assert "sign in" in error.message

    accepted = await accept(app, invited, person(account_id))
    assert (accepted.account_id, accepted.session) == (account_id, None)
    assert await memberships(app, account_id) == {
        organization_id: known.id,
        invited.organization_id: invited.id,
    }


async def test_an_account_with_keys_uses_them_again(
    app: Application, organization_id: UUID
) -> None:
    first = await factories.member(app, organization_id)
    accepted = await accept(app, first, **KEYS)
    who = person(accepted.account_id)
    elsewhere = (await keyed(app)).organization_id
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
    elsewhere = (await keyed(app)).organization_id
    invited = await factories.member(app, elsewhere, email=first.attributes.email)

    await refused(app, invited, KeyRequired, who)
    await accept(app, invited, who, **KEYS)

    row = await account(app, first.account_id)
    assert (row["public_key"], row["encrypted_private_key"]) == (PUBLIC, LOCKED)


async def test_keys_are_required_where_the_organization_hands_over_its_own(
    app: Application,
) -> None:
    organization_id = (await keyed(app)).organization_id
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


async def test_a_link_ends_with_the_key_that_it_was_made_with(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    policy = replace(factories.POLICY, secret_key=b"the key that took its place")
    after = Application(app.pool, policy)

    with pytest.raises(LinkVoid) as void:
        await after.execute(AcceptInvitation(link), NOBODY)

    assert void.value.problem is LinkProblem.EXPIRED
    assert void.value.message == "token has expired; ask for a new link."
    assert await looks.invitations(invited.id) == ["QUEUED"]
    assert await looks.actions(invited.id) == ["member.invited"]
    # Its mail had not left yet: the new key makes the link that it comes with.
    mailed = policy.token_of(organization_id, UUID(hex=link.split("_")[2]))
    with pytest.raises(LinkVoid) as forged:
        await app.execute(AcceptInvitation(mailed), NOBODY)
    assert forged.value.problem is None
    accepted = (await after.execute(AcceptInvitation(mailed), NOBODY)).value
    assert accepted.member.status is MemberStatus.ACCEPTED
    with pytest.raises(LinkVoid) as used:
        await after.execute(AcceptInvitation(link), NOBODY)
    assert used.value.problem is LinkProblem.USED


async def test_the_link_of_who_was_removed_is_told_from_no_link(
    app: Application, organization_id: UUID
) -> None:
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    await app.execute(RemoveMember(organization_id, invited.id), SYSTEM)

    said = []
    for token in (link, f"{link[:-43]}{'A' * 43}", link[:-1]):
        with pytest.raises(LinkVoid) as void:
            await app.execute(AcceptInvitation(token), NOBODY)
        said.append(void.value.message)

    assert said == [
        "token opens nothing any more, since the invitation was taken back; ask an administrator.",
        *["token is not that of an invitation; copy the whole link."] * 2,
    ]


async def test_the_hash_alone_is_kept(app: Application, organization_id: UUID) -> None:
    """Whoever reads the database cannot make a link of what stands there, nor who writes to it."""
    invited = await factories.member(app, organization_id)
    link = await factories.invitation_link(app, invited)
    secret = factories.POLICY.secret_of(organization_id, UUID(hex=link.split("_")[2]))
    stored = "SELECT token_hash FROM invitations WHERE member_id = $1"
    assert await app.pool.fetchval(stored, invited.id) == sha256(secret).digest()
    own = sha256(bytes(32)).digest()
    await app.pool.execute(
        "UPDATE invitations SET token_hash = $2 WHERE member_id = $1", invited.id, own
    )

    with pytest.raises(LinkVoid) as void:
        await app.execute(AcceptInvitation(f"{link[:-43]}{'A' * 43}"), NOBODY)

    assert void.value.problem is LinkProblem.EXPIRED
