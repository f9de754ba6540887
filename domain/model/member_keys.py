"""Rules of the organization's key as a member holds it: handed over, wrapped again, void."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from domain.model.changes import Change
from domain.model.member import Member, MemberEvent

if TYPE_CHECKING:
    from datetime import datetime

KEY_WRAPPED = "member.key_wrapped"
KEY_REPLACED = "member.key_replaced"


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """The organization's key of that version, wrapped for the member's public key `kid`."""

    text: str = field(repr=False)
    kid: str
    version: int


def hand_over(member: Member, wrapped: WrappedKey, now: datetime) -> MemberEvent | None:
    """ACCEPTED → CONFIRMED with the key; a confirmed member gets the key if theirs is an older one.

    Raises InvalidTransition.
    """
    confirmed = member.confirm(now)
    if confirmed is None:
        return wrap_again(member, wrapped, now)
    return replace(
        confirmed,
        member=_holding(confirmed.member, wrapped),
        changes=(*confirmed.changes, *_differences(member, wrapped)),
    )


def wrap_again(member: Member, wrapped: WrappedKey, now: datetime) -> MemberEvent | None:
    """Another key for a confirmed member; None when theirs is of that version already."""
    if member.wrapped_key_version == wrapped.version:
        return None
    after = replace(_holding(member, wrapped), updated_at=now, version=member.version + 1)
    return MemberEvent(after, KEY_WRAPPED, _differences(member, wrapped))


def replace_key(member: Member, before: str | None, after: str, now: datetime) -> MemberEvent:
    """The person has another key pair, known by these thumbprints: what was wrapped is void."""
    changes = [Change("publicKeyThumbprint", before, after)]
    if member.wrapped_key_version:
        changes.append(Change("wrappedKeyVersion", member.wrapped_key_version, None))
    void = replace(member, wrapped_key_version=0, updated_at=now, version=member.version + 1)
    return MemberEvent(void, KEY_REPLACED, tuple(changes))


def _holding(member: Member, wrapped: WrappedKey) -> Member:
    return replace(
        member,
        wrapped_organization_key=wrapped.text,
        wrapped_key_version=wrapped.version,
        wrapped_key_kid=wrapped.kid,
    )


def _differences(member: Member, wrapped: WrappedKey) -> tuple[Change, ...]:
    changes = [Change("wrappedKeyVersion", member.wrapped_key_version or None, wrapped.version)]
    if member.wrapped_key_kid != wrapped.kid:
        changes.append(Change("wrappedKeyThumbprint", member.wrapped_key_kid, wrapped.kid))
    return tuple(changes)
