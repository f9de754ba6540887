"""In which parts a member differs from its row, which decides what a write has to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.store.member_rows import KEY_COLUMNS

if TYPE_CHECKING:
    from domain.model.member import Member


def emails_differ(before: Member | None, member: Member) -> bool:
    """Whether addresses to be found by may have changed."""
    if before is None:
        return False
    old, new = before.attributes, member.attributes
    return old.email_key != new.email_key or old.profile.get("emails") != new.profile.get("emails")


def names_differ(before: Member, member: Member) -> bool:
    """Whether the member is to have a name that must be its own and was not."""
    old, new = before.attributes, member.attributes
    return (old.user_name_key, old.email_key, old.external_id) != (
        new.user_name_key,
        new.email_key,
        new.external_id,
    )


def key_columns(before: Member | None, member: Member) -> tuple[str, ...]:
    """The columns of the wrapped key that differ; its text is known only where it is a new one."""
    if before is None or before.wrapped_key_version == member.wrapped_key_version:
        return ()
    return KEY_COLUMNS if member.wrapped_organization_key is not None else KEY_COLUMNS[:1]
