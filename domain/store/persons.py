"""People behind members: their account held, their keys, and the policies they are held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from domain.errors import Forbidden, NotFound
from domain.model.policies import Policies, domain_of
from domain.reach import reaching
from domain.store.account_rows import ACCOUNT_MEMBERSHIPS, ACCOUNTS, organizations_of
from domain.store.isolation import Isolation, Outdated
from domain.store.member_rows import MEMBERS
from domain.store.organization_rows import ORGANIZATIONS
from domain.store.statement import UUID_TYPE, Statement, parameter

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.model.member import Member
    from domain.store.unit_of_work import UnitOfWork

# Global tables alone, so that it runs on one shard: the account and all it belongs to.
_PERSON = Statement(
    select(
        ACCOUNTS.c.email,
        ACCOUNTS.c.public_key,
        ACCOUNT_MEMBERSHIPS.c.organization_id,
        ACCOUNT_MEMBERSHIPS.c.member_id,
        ACCOUNT_MEMBERSHIPS.c.sso_at,
        ORGANIZATIONS.c.policies,
    )
    .select_from(
        ACCOUNTS.outerjoin(
            ACCOUNT_MEMBERSHIPS, ACCOUNT_MEMBERSHIPS.c.account_id == ACCOUNTS.c.id
        ).outerjoin(ORGANIZATIONS, ORGANIZATIONS.c.id == ACCOUNT_MEMBERSHIPS.c.organization_id)
    )
    .where(ACCOUNTS.c.id == parameter("account_id", UUID_TYPE))
)
_BELONGS = Statement(
    select(MEMBERS.c.id).where(
        MEMBERS.c.organization_id == parameter("organization_id", UUID_TYPE),
        MEMBERS.c.id == parameter("id", UUID_TYPE),
        MEMBERS.c.revoked_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Membership:
    """Of which organization a person is a member, how they came there, and what it asks for."""

    organization_id: UUID
    member_id: UUID
    came_by_sso: bool
    policies: Policies


@dataclass(frozen=True, slots=True)
class Person:
    """An account: the proven address, the thumbprint of the public key, all memberships."""

    email: str
    kid: str | None
    memberships: tuple[Membership, ...]


def hold_account(unit: UnitOfWork, account_id: UUID, member: Member | None = None) -> None:
    """Go on only while the account is locked; otherwise the command starts again and locks it.

    An account comes before everything else in the order of locks, and is known only once the
    `member` was read, who then is not read again.
    """
    if unit.account_held != account_id:
        raise Outdated(Isolation.TRANSACTION, account=account_id, member=member)


async def read_person(unit: UnitOfWork, account_id: UUID) -> Person:
    """The person, in one statement; as they stay until the end, once `hold_account` has passed."""
    rows = await _PERSON.fetch(unit.connection, account_id=account_id)
    if not rows:
        raise NotFound("account")
    public_key = rows[0]["public_key"]
    memberships = tuple(
        Membership(
            row["organization_id"],
            row["member_id"],
            row["sso_at"] is not None,
            Policies.read(row["policies"] or {}),
        )
        for row in rows
        if row["organization_id"] is not None
    )
    return Person(rows[0]["email"], public_key and public_key["kid"], memberships)


async def check_person(unit: UnitOfWork, organization_id: UUID, account_id: UUID) -> Person:
    """The person, or PolicyViolation when they may not belong to the organization.

    Where it decides who begins to belong, `hold_account` comes first: else the person could join
    two organizations at the same moment, of which one asks to be the only one. Takes one statement,
    one more for each other organization that matters, and one where they do not belong yet.
    """
    person = await read_person(unit, account_id)
    own = [each for each in person.memberships if each.organization_id == organization_id]
    policies = own[0].policies if own else (await unit.organization(organization_id)).policies
    caller = unit.caller
    came_by_sso = caller.account_id == account_id and caller.sso_organization_id == organization_id
    policies.check_email(person.email)
    policies.check_sign_on(came_by_sso=came_by_sso or any(each.came_by_sso for each in own))
    for each in person.memberships:
        claims = each.policies.single_organization
        if each.organization_id == organization_id or not (policies.single_organization or claims):
            continue
        with reaching(each.organization_id):
            belongs = await _BELONGS.fetch_value(
                unit.connection, organization_id=each.organization_id, id=each.member_id
            )
        if belongs:
            policies.check_elsewhere(is_elsewhere=True, is_claimed=claims)
    return person


async def keys_may_change(unit: UnitOfWork, account_id: UUID) -> None:
    """Raise Forbidden where an organization's provider vouches for a person of others as well.

    Whoever runs a provider can make it name anybody; a person's keys count in all organizations.
    """
    within = unit.caller.sso_organization_id
    if within is None:
        return
    if await organizations_of(unit.connection, account_id) - {within}:
        raise Forbidden(
            "You signed in by the provider of one organization and belong to others, too; sign in"
            " by a link sent to your address to change your keys."
        )


async def check_restored(unit: UnitOfWork, member: Member, seen: Member | None = None) -> None:
    """Raise PolicyViolation when the revoked member may not come back, as `member` would be then.

    Who has not accepted is known by the directory's address alone. `seen` is the member as read,
    for `hold_account`.
    """
    if member.account_id is not None:
        hold_account(unit, member.account_id, seen)
        await check_person(unit, member.organization_id, member.account_id)
    elif member.attributes.email is not None:
        if unit.isolation is Isolation.OPTIMISTIC:
            # The write looks, and if need be starts the command again in a transaction.
            unit.domain_asked = domain_of(member.attributes.email)
        else:
            policies = (await unit.organization(member.organization_id)).policies
            policies.check_email(member.attributes.email)
