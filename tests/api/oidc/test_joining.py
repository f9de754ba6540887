"""An organization that people join by single sign-on alone: invited, signed in, accepted."""

from __future__ import annotations

import pytest

from domain.caller import Caller, nobody
from domain.clock import utc_now
from domain.commands import AcceptInvitation, Member, UpdateOrganization
from domain.errors import PolicyViolation
from domain.queries.reader import Reader
from domain.queries.session_callers import acting_member, caller_of_session, find_session
from domain.vocabulary import MemberStatus
from tests.api.oidc.conftest import SESSION, Site, oidc_provider, site_of
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.sessions import session_id_of


async def signed_in(site: Site) -> Caller:
    """Whoever the provider now vouches for, with the session that a browser got."""
    async with site.browser() as browser:
        await site.sign_in(browser, "/accept")
        found = await find_session(
            Reader(site.app.pool), session_id_of(browser.cookies[SESSION].strip('"'))
        )
    assert found is not None
    member = await acting_member(Reader(site.app.pool), found, site.organization_id)
    caller = caller_of_session(found, member, utc_now())
    assert caller is not None
    return caller


@pytest.fixture
async def invited(site: Site) -> Member:
    """Somebody who has no account yet."""
    command = UpdateOrganization(site.organization_id, require_sso=True)
    await site.app.execute(command, SYSTEM)
    member, _ = await site.member()
    return member


async def test_who_signs_in_at_the_provider_can_accept_and_nobody_else(
    site: Site, invited: Member
) -> None:
    link = await factories.invitation_link(site.app, invited)
    with pytest.raises(PolicyViolation):
        await site.app.execute(AcceptInvitation(link), nobody())

    caller = await signed_in(site)
    accepted = (await site.app.execute(AcceptInvitation(link), caller)).value

    assert accepted.account_id == caller.account_id
    assert accepted.session is None, "there is one already"
    assert accepted.member.status is MemberStatus.ACCEPTED
    at = await site.app.pool.fetchval(
        "SELECT sso_at FROM account_memberships WHERE account_id = $1 AND organization_id = $2",
        caller.account_id,
        site.organization_id,
    )
    assert at is not None


async def test_the_provider_of_another_organization_does_not_count(
    site: Site, invited: Member
) -> None:
    assert invited.attributes.email is not None
    other_id = await factories.organization(site.app)
    await factories.member(site.app, other_id, email=invited.attributes.email)
    provider_id = await oidc_provider(site.app, other_id, site.provider)
    other = site_of(site.app, site.provider, other_id, provider_id)
    link = await factories.invitation_link(site.app, invited)

    with pytest.raises(PolicyViolation):
        await site.app.execute(AcceptInvitation(link), await signed_in(other))

    row = await factories.Looks(site.app.pool, site.organization_id).member(invited.id)
    assert row is not None
    assert (row["stage"], row["account_id"]) == ("INVITED", None)
