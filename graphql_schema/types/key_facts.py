"""What of the key handshake the types of members show, read by loaders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.queries.member_actions import NO_HANDSHAKE, KeyFacts, key_state_in
from domain.queries.rows import PastMember
from domain.vocabulary import KeyHandshake, KeyState, MemberStatus

if TYPE_CHECKING:
    from domain.queries.rows import MemberRow
    from graphql_schema.context import Context

_MAY_BE_CONFIRMED = {MemberStatus.ACCEPTED, MemberStatus.CONFIRMED}


async def key_state_of(context: Context, row: MemberRow) -> KeyState | None:
    """Whether the member holds the organization's key of now; None of the past."""
    if isinstance(row, PastMember) or row.status is not MemberStatus.CONFIRMED:
        return None
    organization = await context.load.organization.load(row.organization_id)
    if organization is None:
        return None
    return key_state_in(organization, row)


async def public_key_of(context: Context, row: MemberRow) -> dict[str, Any] | None:
    """The public JWK that the organization's key must be wrapped for; None without handshake."""
    organization = await context.load.organization.load(row.organization_id)
    if organization is None or organization.key_handshake is KeyHandshake.OFF:
        return None
    return None if row.account_id is None else await context.load.public_key.load(row.account_id)


async def key_facts_of(context: Context, row: MemberRow) -> KeyFacts:
    """What decides whether the member can be confirmed, and so has it wrapped again."""
    if row.status not in _MAY_BE_CONFIRMED:
        return NO_HANDSHAKE
    organization = await context.load.organization.load(row.organization_id)
    if organization is None or organization.key_handshake is KeyHandshake.OFF:
        return NO_HANDSHAKE
    state = await key_state_of(context, row)
    if state is KeyState.CURRENT:
        return KeyFacts(organization.key_handshake, state)
    has_keys = await public_key_of(context, row) is not None
    return KeyFacts(organization.key_handshake, state, has_keys)
