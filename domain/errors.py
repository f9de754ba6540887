"""Everything the domain refuses to do, as one small tree with stable codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from domain.vocabulary import LinkProblem, MemberAction, MemberStatus


LISTED = 10
"""How many ids a message names."""
_GLOBAL = frozenset({"organization", "account", "session"})
"""What is of no organization."""


def listed(ids: Sequence[UUID | str]) -> str:
    """The first ten of the ids, and how many more there are."""
    named = ", ".join(str(id_) for id_ in ids[:LISTED])
    return f"{named} and {len(ids) - LISTED} more" if len(ids) > LISTED else named


class DomainError(Exception):
    """A refusal that a caller can act on; `message` says what to change, `code` never changes."""

    code = "INVALID"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """The thing does not exist in this organization."""

    code = "NOT_FOUND"

    def __init__(self, kind: str, identifier: object = None) -> None:
        # Without its name it would sound as though there were none at all.
        named = f"{kind} {identifier}" if identifier is not None else f"such {kind}"
        where = "" if kind in _GLOBAL else " in this organization"
        super().__init__(f"There is no {named}{where}.")
        self.kind = kind


class Taken(DomainError):
    """Another resource of the organization has this value already."""

    code = "TAKEN"

    def __init__(self, attribute: str, kind: str, existing: UUID | None = None) -> None:
        within = "" if kind == "organization" else " of this organization"
        super().__init__(f"Another {kind}{within} has the same {attribute}; choose another.")
        self.attribute = attribute
        self.kind = kind
        self.existing = existing


class Invalid(DomainError):
    """A value that cannot be accepted."""

    def __init__(self, attribute: str, why: str) -> None:
        super().__init__(f"{attribute} {why}.")
        self.attribute = attribute
        self.why = why


class LinkVoid(Invalid):
    """A link that does not work, or does not any more; `problem` None where it never was one."""

    code = "LINK_VOID"

    def __init__(self, why: str, problem: LinkProblem | None = None) -> None:
        super().__init__("token", why)
        self.problem = problem


class UnknownMembers(Invalid):
    """Ids that are of no member of the organization."""

    def __init__(self, attribute: str, ids: Sequence[UUID | str]) -> None:
        super().__init__(attribute, f"contains ids that are no members: {listed(ids)}")
        self.ids = ids


class InvalidTransition(DomainError):
    """The member's state does not allow the action."""

    code = "INVALID_TRANSITION"

    def __init__(
        self,
        from_status: MemberStatus,
        attempted: MemberAction,
        allowed_from: Collection[MemberStatus] = (),
    ) -> None:
        only = f"; only one who is {' or '.join(sorted(allowed_from))} can" if allowed_from else ""
        super().__init__(f"A member who is {from_status} cannot be subject to {attempted}{only}.")
        self.from_status = from_status
        self.attempted = attempted


class LastOwner(DomainError):
    """The organization would be left without a confirmed owner."""

    code = "LAST_OWNER"

    def __init__(self) -> None:
        super().__init__(
            "This member is the organization's last confirmed owner; make someone else owner first."
        )


class SeatLimitReached(DomainError):
    """All seats are taken."""

    code = "SEAT_LIMIT"

    def __init__(self, seats: int) -> None:
        super().__init__(
            f"All {seats} seats of the organization are taken; raise the limit or revoke a member."
        )
        self.seats = seats


class VersionConflict(DomainError):
    """The resource has changed since the caller read it."""

    code = "VERSION_CONFLICT"

    def __init__(self, current: int, told: str | None = None) -> None:
        super().__init__(
            told or f"The resource has changed; its version is now {current}. Read it again."
        )
        self.current = current


class KeyVersionConflict(VersionConflict):
    """The organization's key has another version than the caller means to replace."""

    def __init__(self, current: int) -> None:
        super().__init__(
            current, f"The organization's key has version {current} by now; read it again."
        )


class KeyRequired(DomainError):
    """The organization runs the key handshake and a key is missing."""

    code = "KEY_REQUIRED"

    def __init__(self, message: str, attribute: str | None = None) -> None:
        super().__init__(message)
        self.attribute = attribute


class KeyMismatch(DomainError):
    """A wrapped key was made for another key, organization or version."""

    code = "KEY_MISMATCH"

    def __init__(self, message: str, attribute: str | None = None) -> None:
        super().__init__(message)
        self.attribute = attribute


class SignInRequired(DomainError):
    """The address has an account, whose owner is to sign in first."""

    code = "SIGN_IN_REQUIRED"

    def __init__(self) -> None:
        super().__init__(
            "An account of this address exists; sign in to it first, then open the link again."
        )


class PolicyViolation(DomainError):
    """A policy of the organization forbids it."""

    code = "POLICY"


class ManagedByIdp(DomainError):
    """The identity provider owns this attribute."""

    code = "MANAGED_BY_IDP"

    def __init__(self, message: str, kind: str = "member") -> None:
        super().__init__(message)
        self.kind = kind


class ScimDisabled(DomainError):
    """The organization's provisioning endpoint is switched off."""

    code = "SCIM_DISABLED"

    def __init__(self) -> None:
        super().__init__("Provisioning is switched off for this organization; enable SCIM first.")


class DeprovisionHeld(DomainError):
    """The deprovision guard keeps the call until a person decides; nothing of it was done."""

    code = "DEPROVISION_HELD"

    def __init__(self, passed: int) -> None:
        lost = "1 member" if passed == 1 else f"{passed} members"
        super().__init__(
            f"Held by the deprovision guard: {lost} lost access within an hour, and more must be"
            " decided by an administrator, with `rollcall scim guard` or resolveDeprovisionGuard"
            " of the admin API. What is held need not be sent again."
        )
        self.passed = passed


class SelfAction(DomainError):
    """Nobody revokes, restores, removes or demotes themselves."""

    code = "SELF_ACTION"

    def __init__(self) -> None:
        super().__init__("You cannot do this to yourself; ask another administrator.")


class Forbidden(DomainError):
    """The caller lacks the right, or the target outranks the caller.

    `attribute` is what would grant more than the caller holds; None where the target is at fault.
    """

    code = "FORBIDDEN"

    def __init__(self, message: str, attribute: str | None = None) -> None:
        super().__init__(message)
        self.attribute = attribute


class MissingScope(Forbidden):
    """The caller lacks a scope altogether."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs the scope {scope}.")
        self.scope = scope


class LimitExceeded(DomainError):
    """More was asked for than is served at once."""

    code = "TOO_MANY"

    def __init__(self, message: str, attribute: str | None = None) -> None:
        super().__init__(message)
        self.attribute = attribute


class IdempotencyKeyReused(DomainError):
    """The same idempotency key came with another input."""

    code = "IDEMPOTENCY_KEY_REUSED"
    attribute = "idempotencyKey"

    def __init__(self) -> None:
        super().__init__("This idempotencyKey was used with another input; choose a new one.")
