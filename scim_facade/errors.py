"""What each refusal of the domain is in SCIM: one table, one place."""

from __future__ import annotations

from domain.errors import (
    DeprovisionHeld,
    DomainError,
    Forbidden,
    Invalid,
    InvalidTransition,
    LastOwner,
    LimitExceeded,
    ManagedByIdp,
    NotFound,
    PolicyViolation,
    ScimDisabled,
    SeatLimitReached,
    SelfAction,
    Taken,
    VersionConflict,
)
from scim_facade.protocol.errors import ScimError

_TABLE: tuple[tuple[type[DomainError], int, str | None], ...] = (
    (NotFound, 404, None),
    (Taken, 409, "uniqueness"),
    (Invalid, 400, "invalidValue"),
    (InvalidTransition, 400, "invalidValue"),
    (SeatLimitReached, 403, None),
    (LastOwner, 403, None),
    (PolicyViolation, 403, None),
    (SelfAction, 403, None),
    (ManagedByIdp, 403, None),
    (Forbidden, 403, None),
    (ScimDisabled, 401, None),
    (LimitExceeded, 413, None),
    (VersionConflict, 412, None),
)
HELD_RETRY_AFTER_S = 3600
"""When to come again with what the deprovision guard holds: its window is over then."""
_KINDS = {"member": "User", "group": "Group"}


def scim_error(error: DomainError) -> ScimError:
    """The SCIM error for a refusal of the domain."""
    if isinstance(error, DeprovisionHeld):
        return ScimError.unavailable(error.message, HELD_RETRY_AFTER_S)
    for kind, status, scim_type in _TABLE:
        if isinstance(error, kind):
            return ScimError(status, scim_type, _detail(error))
    return ScimError(400, "invalidValue", error.message)


def no_such(resource: str) -> str:
    """What to say of an id that is nobody's here, whatever it looks like."""
    return f"There is no such {resource} in this organization; search for it, or create it."


def _detail(error: DomainError) -> str:
    match error:
        case NotFound(kind=kind):
            return no_such(_KINDS.get(kind, kind))
        case Taken(attribute=attribute, kind=kind, existing=existing):
            other = f" (id {existing})" if existing is not None else ""
            resource = _KINDS.get(kind, kind)
            return (
                f"Another {resource} of this organization{other} has the same {attribute};"
                " look it up by filter and update it instead."
            )
        case _:
            return error.message
