"""Whoever did something and whatever it was done to, as far as they still exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry

from domain.queries.accounts import get_account
from domain.vocabulary import ActorKind, SubjectKind
from graphql_schema.types.references import wrap_or_none

if TYPE_CHECKING:
    from domain.ids import UUID
    from graphql_schema.context import Context


@strawberry.type(description="The server's own work, or whoever operates the machine.")
class SystemProcess:
    name: str


async def actor_of(
    context: Context, organization_id: UUID | None, kind: ActorKind, id_: UUID | None, label: str
) -> Any:
    """The actor; None when it is gone or when the caller may not see it."""
    load = context.load
    match kind:
        case ActorKind.SYSTEM_PROCESS:
            return SystemProcess(name=label)
        case ActorKind.MEMBER if id_ is not None and organization_id is not None:
            return wrap_or_none(await load.member.load((organization_id, id_)))
        case ActorKind.ACCOUNT if id_ is not None and id_ == context.caller.account_id:
            return wrap_or_none(await get_account(context.reader, id_))
        case ActorKind.ACCESS_TOKEN if id_ is not None:
            token = await load.access_token.load(id_)
            if token is None or not (
                context.may_see(token.organization_id) or context.caller.organization_id is None
            ):
                return None
            return wrap_or_none(token)
        case ActorKind.SCIM_CONNECTION if organization_id is not None:
            return wrap_or_none(await load.connection.load(organization_id))
        case _:
            return None


async def subject_of(
    context: Context, organization_id: UUID, kind: SubjectKind | None, id_: UUID | None
) -> Any:
    """What an event or request is about; None when it is gone."""
    load = context.load
    if kind is None or id_ is None:
        return None
    match kind:
        case SubjectKind.ORGANIZATION:
            return wrap_or_none(await load.organization.load(organization_id))
        case SubjectKind.MEMBER:
            return wrap_or_none(await load.member.load((organization_id, id_)))
        case SubjectKind.GROUP:
            return wrap_or_none(await load.group.load((organization_id, id_)))
        case SubjectKind.SCIM_CONNECTION:
            return wrap_or_none(await load.connection.load(organization_id))
        case SubjectKind.BULK_OPERATION:
            return wrap_or_none(await load.bulk_operation.load((organization_id, id_)))
        case SubjectKind.ACCESS_TOKEN:
            token = await load.access_token.load(id_)
            seen = token is not None and token.organization_id == organization_id
            return wrap_or_none(token) if seen else None
