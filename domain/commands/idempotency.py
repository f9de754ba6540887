"""Commands that are to run once, however often they are asked for.

The key is written in the transaction of the command itself: of several that come at once, one runs
and the others wait for it, and find what it came to.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from domain.application import Command, Outcome, handler_of, handles
from domain.commands.bulk_operations import StartedBulkOperation
from domain.commands.scim_credentials import IssuedCredential
from domain.commands.tokens import IssuedToken
from domain.errors import IdempotencyKeyReused, Invalid
from domain.ids import UUID
from domain.model.access_token import IdempotencyKeyTable
from domain.model.member import Member
from domain.store.isolation import Isolation
from domain.store.statement import INSTANT, TEXT, UUID_TYPE, Statement, parameter

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

KEPT = timedelta(hours=24)
MAX_KEY = 200

_KEYS: Any = IdempotencyKeyTable.__table__  # type: ignore[attr-defined]
_OURS = (_KEYS.c.caller_id == parameter("caller_id", UUID_TYPE)) & (
    _KEYS.c.key == parameter("key", TEXT)
)
_HASH = parameter("input_hash", _KEYS.c.input_hash.type)
_NOW = parameter("now", INSTANT)
_CLAIM = Statement(
    insert(_KEYS)
    .from_select(
        ["caller_id", "key", "input_hash", "created_at"],
        select(parameter("caller_id", UUID_TYPE), parameter("key", TEXT), _HASH, _NOW),
    )
    .on_conflict_do_update(
        index_elements=[_KEYS.c.caller_id, _KEYS.c.key],
        set_={"input_hash": _HASH, "result_id": None, "created_at": _NOW},
        where=_KEYS.c.created_at <= parameter("expired", INSTANT),
    )
    .returning(_KEYS.c.key)
)
_FIND = Statement(select(_KEYS.c.input_hash, _KEYS.c.result_id).where(_OURS))
_REMEMBER = Statement(
    update(_KEYS).where(_OURS).values(result_id=parameter("result_id", UUID_TYPE))
)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Replayed:
    """The command ran before: the id of what it came to. Secrets are never shown again."""

    id: UUID | None


@dataclass(frozen=True, slots=True)
class Once(Command[Result | Replayed], Generic[Result]):
    """Run `command` unless the caller has run the same under this key in the last 24 hours."""

    command: Command[Result]
    key: str


@handles(Once, Isolation.TRANSACTION)
async def run_once(command: Once[Any], unit: UnitOfWork) -> Outcome[Any]:
    """Raises IdempotencyKeyReused when the key came with another command before."""
    if not command.key or len(command.key) > MAX_KEY:
        raise Invalid("idempotencyKey", f"must have 1 to {MAX_KEY} characters")
    caller_id = unit.caller.actor.id or UUID(int=0)
    key = {"caller_id": caller_id, "key": command.key}
    input_hash = sha256(_canonical(command.command).encode()).digest()
    claimed = await _CLAIM.fetch_value(
        unit.connection, **key, input_hash=input_hash, now=unit.now, expired=unit.now - KEPT
    )
    if claimed is None:
        earlier = await _FIND.fetch_row(unit.connection, **key)
        if earlier is None or earlier["input_hash"] != input_hash:
            raise IdempotencyKeyReused
        return Outcome(Replayed(earlier["result_id"]), changed=False)
    outcome = await handler_of(command.command)(command.command, unit)
    await _REMEMBER.fetch(unit.connection, **key, result_id=_id_of(outcome.value))
    return outcome


def _id_of(value: Any) -> UUID | None:
    match value:
        case IssuedCredential():
            return value.credential_id
        case IssuedToken() | Member() | StartedBulkOperation():
            return value.id
        case _:
            return None


def _canonical(value: Any) -> str:
    """The same text for equal values, in every process."""
    if is_dataclass(value) and not isinstance(value, type):
        # What was added to a command later, and is not said, is as it was before it could be said:
        # a repetition is known as one by the next version, too.
        parts = (
            f"{field.name}={_canonical(found)}"
            for field in fields(value)
            if (found := getattr(value, field.name)) is not None or "added" not in field.metadata
        )
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, frozenset | set):
        return f"{{{','.join(sorted(map(_canonical, value)))}}}"
    if isinstance(value, tuple | list):
        return f"[{','.join(map(_canonical, value))}]"
    if isinstance(value, datetime):
        return str(value.timestamp())
    return repr(str(value)) if isinstance(value, str) else repr(value)
