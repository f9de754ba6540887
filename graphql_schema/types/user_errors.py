"""Refusals as data: what payloads carry where a caller can act on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from domain.errors import DomainError, InvalidTransition, NotFound, Taken, VersionConflict
from graphql_schema.enums import MemberAction, MemberStatus, UserErrorCode
from graphql_schema.types.node import Node
from graphql_schema.types.references import wrap_or_none

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from domain.ids import UUID
    from graphql_schema.context import Context

_NAMES = {"seats": "seatLimit", "overlap_s": "overlapSeconds", "name.givenName": "givenName"}


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
    which field an attribute of the domain came from.
    """

    def path(attribute: str) -> list[str]:
        name = _NAMES.get(attribute, attribute)
        name = (renamed or {}).get(name, name)
        return ["input", name] if name in fields else []

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
                message=message,
                path=path(error.attribute),
                existing=await _existing(error, context, organization_id),
            )
        case NotFound():
            found = {"group": "groupIds"}.get(error.kind, subject)
            return BasicError(code=code, message=message, path=path(found) or path(subject))
        case _:
            attribute = getattr(error, "attribute", None)
            return BasicError(code=code, message=message, path=path(attribute) if attribute else [])


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
        case "organization" if context.may_see(error.existing):
            row = await context.load.organization.load(error.existing)
    found: Node | None = wrap_or_none(row)
    return found
