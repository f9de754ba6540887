"""Writes audit events: how a decided change becomes a row of the history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, column, insert, select
from sqlalchemy import values as sql_values
from sqlalchemy.dialects.postgresql import JSONB

from domain.ids import UUID, new_id
from domain.model.audit_event import AuditEventTable
from domain.store.audit_texts import text_of
from domain.store.statement import INSTANT, INTEGER, TEXT, UUID_TYPE, Statement, parameter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import FromClause, Insert

    from domain.caller import Caller
    from domain.model.changes import Change
    from domain.vocabulary import SubjectKind

AUDIT_EVENTS: Any = AuditEventTable.__table__  # type: ignore[attr-defined]

_SHARED = {
    "organization_id": UUID_TYPE,
    "recorded_at": INSTANT,
    "origin": TEXT,
    "actor_kind": TEXT,
    "actor_id": UUID_TYPE,
    "actor_label": TEXT,
    "actor_ip": TEXT,
    "correlation_id": UUID_TYPE,
    "request_id": UUID_TYPE,
}
_OWN: dict[str, Any] = {
    "id": UUID_TYPE,
    "action": String(collation="C"),
    "subject_kind": TEXT,
    "subject_id": UUID_TYPE,
    "subject_label": TEXT,
    "changes": JSONB(),
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One fact to write down: what happened to which subject, and what changed."""

    action: str
    subject_kind: SubjectKind
    subject_id: UUID
    subject_label: str
    changes: Sequence[Change] = ()
    id: UUID = field(default_factory=new_id)

    def values(self) -> dict[str, Any]:
        """The columns that differ from event to event of one command."""
        return {
            "id": self.id,
            "action": self.action,
            "subject_kind": self.subject_kind,
            "subject_id": self.subject_id,
            "subject_label": self.subject_label,
            "changes": [
                {
                    "attribute": change.attribute,
                    "before": text_of(change.attribute, change.before),
                    "after": text_of(change.attribute, change.after),
                }
                for change in self.changes
            ],
        }


def shared_values(caller: Caller, organization_id: UUID, now: datetime) -> dict[str, Any]:
    """The columns that all events of one command have in common, prefixed `audit_`."""
    actor = caller.actor
    return {
        "audit_organization_id": organization_id,
        "audit_recorded_at": now,
        "audit_origin": caller.origin,
        "audit_actor_kind": actor.kind,
        "audit_actor_id": actor.id,
        "audit_actor_label": actor.label,
        "audit_actor_ip": caller.ip,
        "audit_correlation_id": caller.correlation_id,
        "audit_request_id": caller.request_id,
    }


def numbered_values(entries: Sequence[AuditEntry]) -> dict[str, Any]:
    """The columns of each entry, named `<column>_<index>`."""
    return {
        f"event_{name}_{index}": value
        for index, entry in enumerate(entries)
        for name, value in entry.values().items()
    }


def insert_events(count: int, only_if: FromClause | None = None) -> Insert:
    """An insert of `count` events in order, for each row (at most one) of `only_if`.

    Sequence numbers are drawn in that order and, where `only_if` writes or locks the aggregate,
    after that.
    """
    shared = [parameter(f"audit_{name}", kind) for name, kind in _SHARED.items()]
    if count == 1:
        own = [parameter(f"event_{name}_0", kind) for name, kind in _OWN.items()]
        source = select(*shared, *own)
        if only_if is not None:
            source = source.select_from(only_if)
    else:
        rows = sql_values(
            column("ordinal", INTEGER),
            *(column(name, kind) for name, kind in _OWN.items()),
            name="entries",
        ).data(
            [
                (index, *(parameter(f"event_{name}_{index}", kind) for name, kind in _OWN.items()))
                for index in range(count)
            ]
        )
        source = select(*shared, *(rows.c[name] for name in _OWN)).order_by(rows.c.ordinal)
        if only_if is not None:
            source = source.select_from(only_if.join(rows, only_if.c[0].isnot(None)))
    return insert(AUDIT_EVENTS).from_select([*_SHARED, *_OWN], source)


_PLAIN: dict[int, Statement] = {}


async def write_events(
    connection: Any,
    caller: Caller,
    organization_id: UUID,
    now: datetime,
    entries: Sequence[AuditEntry],
) -> None:
    """Insert events inside a transaction that already holds the aggregate's lock."""
    if not entries:
        return
    count = len(entries)
    statement = _PLAIN.get(count)
    if statement is None:
        statement = _PLAIN[count] = Statement(insert_events(count))
    values = shared_values(caller, organization_id, now) | numbered_values(entries)
    await connection.execute(statement.text, *statement.arguments(values))
