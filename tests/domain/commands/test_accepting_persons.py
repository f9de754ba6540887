"""Accepting by people with accounts: what the organization asks of them, and many at once."""

from __future__ import annotations

from domain.application import Application
from domain.commands import (
    AcceptInvitation,
    RevokeMember,
    UpdateOrganization,
)
from domain.errors import DomainError, Forbidden, SignInRequired
from domain.ids import UUID
from domain.vocabulary import MemberStatus
from tests.domain.commands.acceptance import (
    KEYS,
    NOBODY,
    PUBLIC,
    accept,
    account,
    known_and_invited,
    memberships,
    refused,
)
from tests.support import factories
from tests.support.factories import SYSTEM, Looks, person, unique
from tests.support.racing import race


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


async def test_a_provider_gives_nobody_keys_that_count_in_other_organizations(
    app: Application, organization_id: UUID
) -> None:
    _, account_id, invited = await known_and_invited(app, organization_id)

    vouched = person(account_id, sso_organization_id=invited.organization_id)
    error = await refused(app, invited, Forbidden, vouched, **KEYS)
    assert "sign in by a link" in error.message

    await accept(app, invited, person(account_id), **KEYS)
    assert (await account(app, account_id))["public_key"] == PUBLIC


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
    _, account_id, invited = await known_and_invited(app, organization_id)
    link = await factories.invitation_link(app, invited)

    results = await race(
        [app.execute(AcceptInvitation(link), person(account_id)) for _ in range(20)]
    )

    assert len(results.done) == 1
    assert {error.message for error in results.refused} == {
        "token was used already; sign in instead."
    }
    looks = Looks(app.pool, invited.organization_id)
    assert await looks.actions(invited.id) == ["member.invited", "member.accepted"]
