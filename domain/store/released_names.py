"""Writes down which names a change lets go of, in the same statement as the change.

A name is what a member or group is found by and what nobody else may have: reads as of an instant
look here for who had it then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import column, func, select, true
from sqlalchemy.dialects.postgresql import insert

from domain.model.released_name import ReleasedNameTable
from domain.store.statement import TEXTS, UUID_TYPE, Statement, parameter

if TYPE_CHECKING:
    from sqlalchemy import FromClause, Insert

    from domain.ids import UUID
    from domain.model.attributes import MemberAttributes
    from domain.model.group import GroupAttributes

RELEASED_NAMES: Any = ReleasedNameTable.__table__  # type: ignore[attr-defined]

USER_NAME = "member userName"
EMAIL = "member email"
MEMBER_EXTERNAL_ID = "member externalId"
DISPLAY_NAME = "group displayName"
GROUP_EXTERNAL_ID = "group externalId"

Names = dict[str, str]
"""The keys of a subject's names, by kind."""


def names_of_member(attributes: MemberAttributes) -> Names:
    """The names by which the member alone is found."""
    return _present(
        (USER_NAME, attributes.user_name_key),
        (EMAIL, attributes.email_key),
        (MEMBER_EXTERNAL_ID, attributes.external_id),
    )


def names_of_group(attributes: GroupAttributes) -> Names:
    """The names by which the group alone is found."""
    return _present(
        (DISPLAY_NAME, attributes.display_name_key), (GROUP_EXTERNAL_ID, attributes.external_id)
    )


def released(before: Names, after: Names) -> Names:
    """The names that are over."""
    return {kind: key for kind, key in before.items() if after.get(kind) != key}


def released_values(names: Names, event_id: UUID, subject_id: UUID) -> dict[str, Any]:
    """Parameters of `insert_released`, beside `organization_id`."""
    return {
        "released_kinds": list(names),
        "released_keys": list(names.values()),
        "released_event_id": event_id,
        "released_subject_id": subject_id,
    }


def insert_released(only_if: FromClause | None = None) -> Insert:
    """An insert of the names that are over, for each row (at most one) of `only_if`."""
    names = (
        func.unnest(parameter("released_kinds", TEXTS), parameter("released_keys", TEXTS))
        .table_valued(column("kind"), column("key"), name="names")
        .render_derived()
    )
    source: Any = names if only_if is None else names.join(only_if, true())
    return insert(RELEASED_NAMES).from_select(
        ("organization_id", "kind", "key", "event_id", "subject_id"),
        select(
            parameter("organization_id", UUID_TYPE),
            names.c.kind,
            names.c.key,
            parameter("released_event_id", UUID_TYPE),
            parameter("released_subject_id", UUID_TYPE),
        ).select_from(source),
    )


INSERT_RELEASED = Statement(insert_released())


def _present(*names: tuple[str, str | None]) -> Names:
    return {kind: key for kind, key in names if key is not None}
