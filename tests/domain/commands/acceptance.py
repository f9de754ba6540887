"""Accepts in tests, and shows that what is refused leaves everything as it was."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.caller import nobody
from domain.commands import Accepted, AcceptInvitation, Member
from domain.errors import DomainError
from domain.ids import UUID
from domain.keys.account_keys import lock, new_key_pair, public_jwk
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.factories import Looks

PAIR, OTHER_PAIR = new_key_pair(), new_key_pair()
PUBLIC = public_jwk(PAIR)
LOCKED = lock(PAIR, "fourteen letters")
KEYS: dict[str, Any] = {"public_key": PUBLIC, "encrypted_private_key": LOCKED}
NOBODY = nobody("192.0.2.7")


async def accept(app: Application, invited: Member, who: Any = NOBODY, **given: Any) -> Accepted:
    link = await factories.invitation_link(app, invited)
    return (await app.execute(AcceptInvitation(link, **given), who)).value


async def known_and_invited(app: Application, organization_id: UUID) -> tuple[Member, UUID, Member]:
    """Who accepted here, the account that made, and the same person invited elsewhere."""
    known = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    assert known.account_id is not None
    elsewhere = await factories.organization(app)
    invited = await factories.member(app, elsewhere, email=known.attributes.email)
    return known, known.account_id, invited


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
