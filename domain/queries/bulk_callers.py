"""In whose name a bulk operation goes on: who started it, with the rights of this moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.caller import Caller, scopes_of
from domain.clock import utc_now
from domain.commands.bulk_operations import SCOPES
from domain.queries.members import get_member
from domain.queries.token_callers import caller_of_token, find_token_and_maker
from domain.vocabulary import ActorKind, MemberStatus, Scope

if TYPE_CHECKING:
    from domain.queries.reader import Reader
    from domain.store.bulk_work import ClaimedOperation


class RightLost(Exception):
    """Whoever started the operation may not do it any more; the text says why."""


async def caller_of_operation(reader: Reader, operation: ClaimedOperation) -> Caller:
    """The caller of each of its commands, whose events share the operation's correlation id.

    Raises RightLost.
    """
    found = await _starter(reader, operation)
    if found is None or not found.may_see(operation.organization_id):
        raise RightLost("Who started it may not act any more: revoked, or expired.")
    scope = SCOPES[operation.action]
    if scope not in found.scopes:
        raise RightLost(f"Who started it does not hold the scope {scope} any more.")
    return replace(
        found,
        actor=operation.started_by,
        origin=operation.origin,
        ip=operation.started_by_ip,
        request_id=operation.request_id,
        correlation_id=operation.correlation_id,
    )


async def _starter(reader: Reader, operation: ClaimedOperation) -> Caller | None:
    actor, organization_id = operation.started_by, operation.organization_id
    if actor.kind is ActorKind.SYSTEM_PROCESS:
        return Caller(actor, operation.origin, organization_id)
    if actor.id is None:
        return None
    if actor.kind is ActorKind.ACCESS_TOKEN:
        token, maker = await find_token_and_maker(reader, actor.id)
        return None if token is None else caller_of_token(token, maker, utc_now())
    if actor.kind is not ActorKind.MEMBER:
        return None
    member = await get_member(reader, organization_id, actor.id)
    if member is None or member.status is not MemberStatus.CONFIRMED:
        return None
    scopes = scopes_of(member.role, (Scope(word) for word in member.permissions))
    return Caller(
        actor, operation.origin, organization_id, scopes, role=member.role, member_id=member.id
    )
