"""Keys that a provider made for a person who was known nowhere yet."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.caller import Caller
from domain.commands import AcceptInvitation, CreateOidcProvider, SetAccountKeys, SignInByOidc
from domain.commands.single_sign_on import provider_caller
from domain.errors import Forbidden
from domain.ids import UUID
from domain.keys.compact import CannotOpen
from domain.keys.organization_key import unwrap
from domain.queries.reader import Reader
from domain.queries.session_callers import find_session
from tests.domain.commands.acceptance import account
from tests.support import factories
from tests.support.factories import Looks, person, unique
from tests.support.key_pairs import Keys, keys
from tests.support.keyed import Keyed, keyed
from tests.support.sessions import session_id_of

THEIRS, OWN = keys(7), keys(8)


async def signed_in_by_provider(app: Application, organization_id: UUID, email: str) -> Caller:
    """Whom a provider that its organization's administrators run says it knows."""
    made = CreateOidcProvider(organization_id, "Ours", "https://idp.example", "rollcall", "secret")
    provider_id = (await app.execute(made, factories.SYSTEM)).value
    command = SignInByOidc(organization_id, provider_id, email)
    secret = await app.execute(command, provider_caller(organization_id, provider_id, None))
    found = await find_session(Reader(app.pool), session_id_of(secret.value))
    assert found is not None
    assert found.sso_organization_id == organization_id
    return person(found.account_id, sso_organization_id=organization_id)


async def key_of(place: Keyed, member_id: UUID) -> Any:
    row = await Looks(place.app.pool, place.organization_id).member(member_id)
    assert row is not None
    return row


async def set_keys(app: Application, who: Caller, held: Keys) -> None:
    await app.execute(SetAccountKeys(held.public, held.locked), who)


async def test_they_hold_until_the_person_replaces_them(
    app: Application, organization_id: UUID
) -> None:
    email = f"{unique('eve')}@example.com"
    await factories.member(app, organization_id, email=email)
    provider = await signed_in_by_provider(app, organization_id, email)
    assert provider.account_id is not None
    await set_keys(app, provider, THEIRS)
    place = await keyed(app)
    invited = await factories.member(app, place.organization_id, email=email)
    link = await factories.invitation_link(app, invited)

    joined = (await app.execute(AcceptInvitation(link), person(provider.account_id))).value.member

    # The words that the administrator and the person would compare are those of the first keys.
    assert (await account(app, provider.account_id))["public_key"] == THEIRS.public
    await place.confirm(joined, THEIRS)
    wrapped = (await key_of(place, joined.id))["wrapped_organization_key"]
    assert unwrap(wrapped, THEIRS.pair, place.organization_id) == place.key, "with the database"
    with pytest.raises(Forbidden, match="sign in by a link"):
        await set_keys(app, provider, keys(9))

    await set_keys(app, person(provider.account_id), OWN)

    assert (await key_of(place, joined.id))["wrapped_key_version"] == 0, "waits for a REWRAP"
    await place.confirm(joined, OWN)
    wrapped = (await key_of(place, joined.id))["wrapped_organization_key"]
    assert unwrap(wrapped, OWN.pair, place.organization_id) == place.key
    with pytest.raises(CannotOpen):
        unwrap(wrapped, THEIRS.pair, place.organization_id)
