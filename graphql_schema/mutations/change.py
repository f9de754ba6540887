"""How a mutation runs: ids read, one command executed, refusals made data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

from domain.commands import Once
from domain.errors import (
    DomainError,
    Invalid,
    LimitExceeded,
    MissingScope,
    NotFound,
    UnknownMembers,
)
from domain.queries.audit import has_happened
from graphql_schema.ids import Kind, ObjectId, expect_id
from graphql_schema.types.user_errors import UserError, user_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.application import Command
    from domain.ids import UUID
    from graphql_schema.context import Context

MOST = 500
"""How many ids one input may name."""

Payload = TypeVar("Payload")
_WORDS = {
    Kind.ORGANIZATION: "organization",
    Kind.MEMBER: "member",
    Kind.GROUP: "group",
    Kind.SCIM_API_KEY: "SCIM key",
    Kind.ACCESS_TOKEN: "access token",
    Kind.BULK_OPERATION: "bulk operation",
    Kind.SESSION: "session",
    Kind.OIDC_PROVIDER: "OIDC provider",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What an input names to be acted on, within the caller's reach."""

    organization_id: UUID
    id: UUID


def target_of(context: Context, kind: Kind, text: str, field: str) -> Target:
    """What `text` names. Raises Invalid for a wrong id, NotFound for one beyond reach."""
    found: ObjectId = expect_id(kind, text, field)
    if found.organization_id is None or not context.may_see(found.organization_id):
        raise NotFound(_WORDS[kind])
    return Target(found.organization_id, found.id)


def group_ids_within(texts: list[Any] | None, field: str, owner: UUID) -> tuple[UUID, ...]:
    """The UUIDs of groups. Raises Invalid, LimitExceeded, NotFound for those of others."""
    check_number(field, texts)
    ids = [expect_id(Kind.GROUP, text, field) for text in texts or ()]
    if any(id_.organization_id != owner for id_ in ids):
        raise NotFound("group")
    return tuple(id_.id for id_ in ids)


def member_ids_within(
    texts: list[Any] | None, field: str, owner: UUID, *, must_exist: bool = True
) -> frozenset[UUID]:
    """The UUIDs of members. Those of others are as unknown as those of nobody.

    Raises Invalid; UnknownMembers unless they need not exist.
    """
    ids = {text: expect_id(Kind.MEMBER, text, field) for text in texts or ()}
    strangers = [text for text, id_ in ids.items() if id_.organization_id != owner]
    if strangers and must_exist:
        raise UnknownMembers(field, strangers)
    return frozenset(id_.id for id_ in ids.values() if id_.organization_id == owner)


def check_number(field: str | None, *lists: list[Any] | None) -> None:
    """Raise LimitExceeded when more than 500 ids are named."""
    named = sum(len(ids) for ids in lists if ids)
    if named > MOST:
        raise LimitExceeded(f"At most {MOST} at once; this names {named}.", field)


def said(text: str | None) -> str | None:
    """A text that may be left out; a blank one says nothing."""
    return None if text is None or not text.strip() else text


def once(command: Command[Any], key: str | None) -> Command[Any]:
    """The command, to be run once under an idempotency key where there is one."""
    return command if key is None else Once(command, key)


async def end(context: Context, command: Command[Any], target: Target, action: str) -> bool:
    """Run a command that ends what is named; False when `action` had ended it before.

    Raises NotFound when it never was.
    """
    try:
        await context.execute(command)
    except NotFound:
        if await has_happened(context.reader, target.organization_id, target.id, action):
            return False
        raise
    return True


async def change(
    context: Context,
    input_: Any,
    payload: Callable[..., Payload],
    work: Callable[[], Awaitable[Payload]],
    *,
    subject: str,
    kind: Kind = Kind.MEMBER,
    renamed: Mapping[str, str] | None = None,
) -> Payload:
    """Run `work`; a refusal becomes a payload with an error.

    `subject` is the input's field with the id of what is acted on, of that `kind`. A missing scope
    is no refusal of this one input and is raised on.
    """
    try:
        return await work()
    except MissingScope:
        raise
    except DomainError as error:
        found = await refusal_of(
            error, context, input_, subject=subject, kind=kind, renamed=renamed
        )
        return payload(errors=[found])


async def change_within(
    context: Context,
    input_: Any,
    payload: Callable[..., Payload],
    work: Callable[[UUID], Awaitable[Payload]],
    *,
    renamed: Mapping[str, str] | None = None,
) -> Payload:
    """The same of an input whose `organizationId` says where; `work` is given that organization."""

    async def within() -> Payload:
        return await work(
            target_of(context, Kind.ORGANIZATION, input_.organization_id, "organizationId").id
        )

    return await change(
        context,
        input_,
        payload,
        within,
        subject="organizationId",
        kind=Kind.ORGANIZATION,
        renamed=renamed,
    )


async def refusal_of(
    error: DomainError,
    context: Context,
    input_: Any,
    *,
    subject: str,
    kind: Kind,
    renamed: Mapping[str, str] | None = None,
) -> UserError:
    """The refusal of a change to what the input's field `subject` names."""
    text = getattr(input_, _python_name(type(input_), subject), None)
    try:
        organization_id = expect_id(kind, text or "", subject).organization_id
    except Invalid:
        organization_id = None
    return await user_error(
        error,
        context,
        organization_id=organization_id,
        fields=_public_names(type(input_)).keys(),
        subject=subject,
        renamed=renamed,
    )


def _public_names(input_type: type[Any]) -> dict[str, str]:
    """Names of an input's fields as callers and as Python write them."""
    return {_camel(field.name): field.name for field in fields(input_type)}


def _python_name(input_type: type[Any], name: str) -> str:
    return _public_names(input_type).get(name, name)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
