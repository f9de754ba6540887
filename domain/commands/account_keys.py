"""The key pair of a person: set, replaced, or locked with another passphrase."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from domain.application import Command, Outcome, handles
from domain.caller import Actor
from domain.errors import Forbidden, NotFound
from domain.ids import UUID
from domain.keys.account_keys import check_key_pair
from domain.model.member_keys import replace_key
from domain.store.account_rows import ACCOUNTS, memberships_of
from domain.store.persons import hold_account, keys_may_change
from domain.store.statement import INSTANT, TEXT, UUID_TYPE, Statement, parameter
from domain.vocabulary import ActorKind

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

_KEYS = Statement(
    select(ACCOUNTS.c["email", "public_key", "encrypted_private_key"]).where(
        ACCOUNTS.c.id == parameter("id", UUID_TYPE)
    )
)
_SET_KEYS = Statement(
    update(ACCOUNTS)
    .where(ACCOUNTS.c.id == parameter("id", UUID_TYPE))
    .values(
        public_key=parameter("public_key", ACCOUNTS.c.public_key.type),
        encrypted_private_key=parameter("encrypted_private_key", TEXT),
        updated_at=parameter("now", INSTANT),
    )
)


@dataclass(frozen=True, slots=True)
class SetAccountKeys(Command[UUID]):
    """Give the caller this key pair: a public JWK, and the private one locked with a passphrase.

    What was wrapped for another public key of the person is void in all their organizations; the
    same key under another passphrase leaves it as it is.
    """

    finds_its_organization = True

    public_key: Any
    encrypted_private_key: str = field(repr=False)


@handles(SetAccountKeys)
async def set_account_keys(command: SetAccountKeys, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises Forbidden, Invalid for keys that cannot be right.

    Forbidden are callers who are no person, and a person of several organizations for whom the
    provider of one vouches.
    """
    account_id = unit.caller.account_id
    if account_id is None:
        raise Forbidden("Only a person has keys; sign in instead of sending a token.")
    public = check_key_pair(command.public_key, command.encrypted_private_key)
    hold_account(unit, account_id)
    account = await _KEYS.fetch_row(unit.connection, id=account_id)
    if account is None:
        raise NotFound("account")
    before = account["public_key"]
    if (before, account["encrypted_private_key"]) == (public, command.encrypted_private_key):
        return Outcome(account_id, changed=False)
    await keys_may_change(unit, account_id)
    await _SET_KEYS.fetch(
        unit.connection,
        id=account_id,
        public_key=public,
        encrypted_private_key=command.encrypted_private_key,
        now=unit.now,
    )
    if before != public:
        # Every organization hears of it in the same words, whichever the person acts in.
        actor = Actor(ActorKind.ACCOUNT, account_id, account["email"])
        unit.caller = replace(unit.caller, actor=actor)
        await _void(unit, account_id, before and before["kid"], public["kid"])
    return Outcome(account_id, changed=True)


async def _void(unit: UnitOfWork, account_id: UUID, before: str | None, after: str) -> None:
    """Let each membership know, in the order of the organizations; two statements for each."""
    memberships = await memberships_of(unit.connection, account_id)
    for each in sorted(memberships, key=lambda membership: membership.organization_id):
        try:
            member = await unit.member(each.organization_id, each.member_id)
        except NotFound:
            continue
        await unit.write_member(member, [replace_key(member, before, after, unit.now)])
