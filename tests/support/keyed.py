"""People with key pairs, and organizations that hand their key to them; through real commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.application import Application, Outcome
from domain.caller import Actor, Caller
from domain.commands import (
    ConfirmMember,
    CreateOrganizationKey,
    Member,
    RotateOrganizationKey,
    SetAccountKeys,
    UpdateOrganization,
)
from domain.ids import UUID
from domain.keys.organization_key import OrganizationKey, new_organization_key, unwrap, wrap
from domain.vocabulary import ActorKind, KeyHandshake, MemberStatus, Origin
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.key_pairs import Keys, keys


def person(member: Member) -> Caller:
    """The person behind the member, with a session."""
    assert member.account_id is not None
    return Caller(
        actor=Actor(ActorKind.MEMBER, member.id, member.label),
        origin=Origin.CONSOLE,
        organization_id=member.organization_id,
        member_id=member.id,
        account_id=member.account_id,
    )


async def give_keys(app: Application, member: Member, held: Keys) -> bool:
    """Let the person behind the member have these keys; whether anything changed."""
    command = SetAccountKeys(held.public, held.locked)
    return (await app.execute(command, person(member))).changed


@dataclass(slots=True)
class Keyed:
    """An organization with a key, which its owner holds; `key` is the newest."""

    app: Application
    organization_id: UUID
    owner: Member
    key: OrganizationKey
    older: list[OrganizationKey] = field(default_factory=list)

    def wrapped(self, held: Keys, key: OrganizationKey | None = None) -> str:
        """The organization's key for who holds these."""
        return wrap(key or self.key, held.pair)

    async def require(self, handshake: KeyHandshake = KeyHandshake.REQUIRED) -> None:
        """Switch the handshake."""
        command = UpdateOrganization(self.organization_id, key_handshake=handshake)
        await self.app.execute(command, SYSTEM)

    async def accepted(self, held: Keys | None = None, **given: Any) -> Member:
        """A member who accepted, with these keys, or with none while nobody asked for any."""
        key = (self.app, self.organization_id, MemberStatus.ACCEPTED)
        if held is None:
            await self.require(KeyHandshake.OFF)
            member = await factories.member(*key, **given)
            await self.require()
            return member
        member = await factories.member(*key, **given)
        await give_keys(self.app, member, held)
        return member

    async def confirm(self, member: Member, held: Keys, **given: Any) -> Outcome[Member]:
        """Confirm with the newest key, wrapped for these."""
        values = {"wrapped_organization_key": self.wrapped(held), "public_key_thumbprint": held.kid}
        command = ConfirmMember(self.organization_id, member.id, **values | given)
        return await self.app.execute(command, SYSTEM)

    async def confirmed(self, held: Keys, **given: Any) -> Member:
        """A confirmed member with these keys, who holds the organization's."""
        return (await self.confirm(await self.accepted(held, **given), held)).value

    async def rotate(self, held: Keys | None = None) -> None:
        """Replace the organization's key, as its owner."""
        version = self.key.version
        new = new_organization_key(self.organization_id, version + 1)
        command = RotateOrganizationKey(
            self.organization_id, self.wrapped(held or keys(), new), version
        )
        await self.app.execute(command, person(self.owner))
        self.older.append(self.key)
        self.key = new

    async def opened(self, member: Member, held: Keys) -> OrganizationKey:
        """The organization's key as the member opens it."""
        sql = "SELECT wrapped_organization_key FROM members WHERE organization_id = $1 AND id = $2"
        text = await self.app.pool.fetchval(sql, self.organization_id, member.id)
        return unwrap(text, held.pair, self.organization_id)


async def owner_with_keys(app: Application, organization_id: UUID, held: Keys) -> Member:
    """A confirmed owner with these keys."""
    owner = await factories.owner(app, organization_id)
    await give_keys(app, owner, held)
    return owner


async def keyed(app: Application, *, required: bool = True, **given: Any) -> Keyed:
    """An organization whose owner, with the keys number 0, made its key; handshake on."""
    return await with_key(app, await factories.organization(app, **given), required=required)


async def with_key(app: Application, organization_id: UUID, *, required: bool = True) -> Keyed:
    """The same of an organization that exists."""
    owner = await owner_with_keys(app, organization_id, keys())
    key = new_organization_key(organization_id, 1)
    made = Keyed(app, organization_id, owner, key)
    command = CreateOrganizationKey(organization_id, made.wrapped(keys()), 0)
    await app.execute(command, person(owner))
    if required:
        await made.require()
    return made
