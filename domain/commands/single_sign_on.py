"""Signing a person in by the OpenID provider of an organization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.application import Command, Outcome, handles
from domain.caller import Actor, Caller
from domain.commands.oidc_providers import KIND
from domain.commands.sessions import open_session
from domain.errors import NotFound
from domain.ids import UUID
from domain.store.account_rows import ensure_account
from domain.store.isolation import Isolation
from domain.store.oidc_provider_rows import LOCK_PROVIDER
from domain.store.vouched_members import find_vouched_member, note_single_sign_on
from domain.vocabulary import ActorKind, MemberRole, Origin, SignInMethod

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SignInByOidc(Command[str]):
    """Open a session for whom a provider vouches; returns its secret, `ses_<id>_<secret>`.

    `email` is the address that the provider calls verified. An organization's provider vouches
    for its members and for whom it invited, and for them in this organization alone.
    """

    organization_id: UUID
    provider_id: UUID
    email: str
    user_agent: str | None = None


def provider_caller(organization_id: UUID, provider_id: UUID, ip: str | None) -> Caller:
    """Who opens the session: the provider, which may do nothing else."""
    return Caller(
        actor=Actor(ActorKind.SYSTEM_PROCESS, provider_id, "single sign-on"),
        origin=Origin.CONSOLE,
        organization_id=organization_id,
        scopes=frozenset(),
        role=MemberRole.USER,
        ip=ip,
    )


@handles(SignInByOidc, Isolation.TRANSACTION)
async def sign_in_by_oidc(command: SignInByOidc, unit: UnitOfWork) -> Outcome[str]:
    """Raises NotFound("member") for whom the organization did not invite or who lost access.

    NotFound("OIDC provider") when it was deleted meanwhile, Invalid for an address too long.
    """
    organization_id = command.organization_id
    provider = await LOCK_PROVIDER.fetch_row(
        unit.connection, organization_id=organization_id, id=command.provider_id
    )
    if provider is None:
        raise NotFound(KIND)
    member = await find_vouched_member(unit.connection, organization_id, command.email)
    if member is None:
        raise NotFound("member")
    account_id = member.account_id
    if account_id is None:
        account_id = await ensure_account(
            unit.connection, email=member.email, display_name=member.display_name, now=unit.now
        )
    await note_single_sign_on(unit.connection, account_id, organization_id, unit.now)
    secret = await open_session(
        unit,
        account_id,
        SignInMethod.OIDC,
        sso_organization_id=organization_id,
        user_agent=command.user_agent,
    )
    return Outcome(secret, changed=True)
