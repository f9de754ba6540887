"""Whose rows the database may show: what the second wall between organizations is told.

Every statement names its organization anyway. Where row-level security is on, the database also
holds each connection to what stands here, so that a statement that forgets to name its
organization finds no rows of others. A request reaches nothing when it comes in, and then what its
caller may see. Background work says nothing here, and reaches everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from domain.caller import NO_ORGANIZATION

EVERYTHING = "*"

_REACH: ContextVar[str] = ContextVar("reach", default=EVERYTHING)


def present_reach() -> str:
    """An organization's id, or EVERYTHING."""
    return _REACH.get()


def reach_only(organization_id: UUID | None) -> None:
    """From here on, in this task, reach that organization alone, or with None every one."""
    _REACH.set(_told_of(organization_id))


@contextmanager
def reaching(organization_id: UUID | None = NO_ORGANIZATION) -> Iterator[None]:
    """The same, for as long as the context lasts; nothing, unless an organization is named."""
    before = _REACH.set(_told_of(organization_id))
    try:
        yield
    finally:
        _REACH.reset(before)


def _told_of(organization_id: UUID | None) -> str:
    return EVERYTHING if organization_id is None else str(organization_id)
