"""Refusals as data: what payloads carry where a caller can act on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from domain.errors import (
    DomainError,
    Forbidden,
    IdempotencyKeyReused,
    Invalid,
    InvalidTransition,
    KeyMismatch,
    KeyRequired,
    LimitExceeded,
    LinkVoid,
    PolicyViolation,
    SeatLimitReached,
    Taken,
    UnknownMembers,
    VersionConflict,
)
from graphql_schema.enums import MemberAction, MemberStatus, UserErrorCode
from graphql_schema.ids import Kind, make_id
from graphql_schema.types.node import Node
from graphql_schema.types.references import wrap_or_none

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from domain.ids import UUID
    from graphql_schema.context import Context

_FIELDS = {"group": "groupIds"}
"""What names further things that are not found, or are not to be touched."""


@strawberry.interface(
    description=(
        "A reason the caller can act on. Anything else is a GraphQL error with `extensions.code`."
    )
)
class UserError:
    code: UserErrorCode
    message: str
    path: list[str] = strawberry.field(
        description=(
            'Path into the input, e.g. ["input", "memberId"]. Empty when the whole request is at'
            " fault."
        )
    )


@strawberry.type
class BasicError(UserError):
    pass


@strawberry.type
class VersionConflictError(UserError):
    current_version: int


@strawberry.type
class InvalidTransitionError(UserError):
    from_status: MemberStatus = strawberry.field(name="from")
    attempted: MemberAction


@strawberry.type
class TakenError(UserError):
    existing: Node | None


@strawberry.interface(
    description="Every payload: the object (null when refused), whether anything changed, errors."
)
class MutationPayload:
    changed: bool = False
    errors: list[UserError] = strawberry.field(default_factory=list)


async def user_error(
    error: DomainError,
    context: Context,
    *,
    organization_id: UUID | None,
    fields: Collection[str],
    subject: str,
    renamed: Mapping[str, str] | None = None,
) -> UserError:
    """The refusal as data.

    `fields` are those of the input, `subject` the one that names what was acted on, `renamed` says
    which field an attribute of the domain came from, with dots where it lies deeper.
    """
    names = renamed or {}

    def path(attribute: str) -> list[str]:
        parts = names.get(attribute, attribute).split(".")
        return ["input", *parts] if parts[0] in fields else []

    def called(attribute: str) -> str:
        return names.get(attribute, attribute).rpartition(".")[2]

    code, message = UserErrorCode(error.code), error.message
    match error:
        case VersionConflict():
            return VersionConflictError(
                code=code,
                message=message,
                path=path("expectedVersion"),
                current_version=error.current,
            )
        case InvalidTransition():
            return InvalidTransitionError(
                code=code,
                message=message,
                path=path(subject),
                from_status=error.from_status,
                attempted=error.attempted,
            )
        case Taken():
            return TakenError(
                code=code,
                message=Taken(called(error.attribute), error.kind).message,
                path=path(error.attribute),
                existing=await _existing(error, context, organization_id),
            )
        case UnknownMembers() if organization_id is not None:
            ids = [_member_id(organization_id, id_) for id_ in error.ids]
            at = path(error.attribute)
            message = UnknownMembers(called(error.attribute), ids).message
        case LinkVoid():
            at = path(error.attribute)
        case Invalid():
            at = path(error.attribute)
            message = Invalid(called(error.attribute), error.why).message
        case (
            Forbidden() | KeyMismatch() | KeyRequired() | LimitExceeded() | IdempotencyKeyReused()
        ) if error.attribute is not None:
            at = path(error.attribute)
        case LimitExceeded() | SeatLimitReached() | PolicyViolation():
            at = []
        case _:
            further = _FIELDS.get(getattr(error, "kind", ""), subject)
            at = path(further) or path(subject)
    return BasicError(code=code, message=message, path=at)


def _member_id(organization_id: UUID, id_: UUID | str) -> str:
    return id_ if isinstance(id_, str) else make_id(Kind.MEMBER, organization_id, id_)


async def _existing(error: Taken, context: Context, organization_id: UUID | None) -> Node | None:
    """Who has the value, where the caller may see it."""
    if error.existing is None or organization_id is None:
        return None
    key = (organization_id, error.existing)
    row: object = None
    match error.kind:
        case "member":
            row = await context.load.member.load(key)
        case "group":
            row = await context.load.group.load(key)
        case "OIDC provider":
            row = await context.load.oidc_provider.load(key)
        case "organization" if context.may_see(error.existing):
            row = await context.load.organization.load(error.existing)
    found: Node | None = wrap_or_none(row)
    return found
