"""A member told as facts, with which its history begins and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.model.changes import Change
from domain.vocabulary import MemberRole

if TYPE_CHECKING:
    from domain.model.member import Member


def facts_of(member: Member) -> tuple[Change, ...]:
    """Every attribute as a change from nothing, so that history starts complete."""
    changes = [Change(name, None, value) for name, value in member.attributes.present()]
    changes.append(Change("stage", None, member.stage))
    changes.append(Change("source", None, member.source))
    if member.role is not MemberRole.USER:
        changes.append(Change("role", None, member.role))
    if member.permissions:
        changes.append(Change("permissions", None, sorted(member.permissions)))
    if member.revoked_at is not None:
        changes.append(Change("revokedAt", None, member.revoked_at))
    if member.revocation_reason is not None:
        changes.append(Change("revocationReason", None, member.revocation_reason))
    return tuple(changes)
