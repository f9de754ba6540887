"""Every refusal has a stable code and a message that says what to do."""

import pytest

from domain import errors
from domain.vocabulary import MemberAction, MemberStatus

ERRORS = [
    (errors.NotFound("group"), "NOT_FOUND", "There is no such group in this organization."),
    (errors.NotFound("member", 7), "NOT_FOUND", "There is no member 7 in this organization."),
    (
        errors.Taken("userName", "member"),
        "TAKEN",
        "Another member of this organization has the same userName; choose another.",
    ),
    (
        errors.Taken("name", "organization"),
        "TAKEN",
        "Another organization has the same name; choose another.",
    ),
    (errors.Invalid("email", "is missing"), "INVALID", "email is missing."),
    (
        errors.UnknownMembers("add", [f"mbr_{number}" for number in range(12)]),
        "INVALID",
        (
            "add contains ids that are no members: mbr_0, mbr_1, mbr_2, mbr_3, mbr_4, mbr_5, mbr_6,"
            " mbr_7, mbr_8, mbr_9 and 2 more."
        ),
    ),
    (
        errors.InvalidTransition(MemberStatus.STAGED, MemberAction.CONFIRM),
        "INVALID_TRANSITION",
        "A member who is STAGED cannot be subject to CONFIRM.",
    ),
    (
        errors.InvalidTransition(
            MemberStatus.STAGED, MemberAction.CONFIRM, {MemberStatus.ACCEPTED}
        ),
        "INVALID_TRANSITION",
        "A member who is STAGED cannot be subject to CONFIRM; only one who is ACCEPTED can.",
    ),
    (
        errors.LastOwner(),
        "LAST_OWNER",
        "This member is the organization's last confirmed owner; make someone else owner first.",
    ),
    (
        errors.SeatLimitReached(3),
        "SEAT_LIMIT",
        "All 3 seats of the organization are taken; raise the limit or revoke a member.",
    ),
    (
        errors.VersionConflict(4),
        "VERSION_CONFLICT",
        "The resource has changed; its version is now 4. Read it again.",
    ),
    (
        errors.KeyVersionConflict(4),
        "VERSION_CONFLICT",
        "The organization's key has version 4 by now; read it again.",
    ),
    (errors.KeyRequired("x"), "KEY_REQUIRED", "x"),
    (errors.KeyMismatch("x"), "KEY_MISMATCH", "x"),
    (errors.LinkVoid("has expired"), "LINK_VOID", "token has expired."),
    (
        errors.SignInRequired(),
        "SIGN_IN_REQUIRED",
        "An account of this address exists; sign in to it first, then open the link again.",
    ),
    (errors.PolicyViolation("x"), "POLICY", "x"),
    (errors.ManagedByIdp("x"), "MANAGED_BY_IDP", "x"),
    (
        errors.ScimDisabled(),
        "SCIM_DISABLED",
        "Provisioning is switched off for this organization; enable SCIM first.",
    ),
    (
        errors.DeprovisionHeld(1),
        "DEPROVISION_HELD",
        (
            "Held by the deprovision guard: 1 member lost access within an hour, and more must be"
            " decided by an administrator, with `rollcall scim guard` or resolveDeprovisionGuard of"
            " the admin API. What is held need not be sent again."
        ),
    ),
    (
        errors.SelfAction(),
        "SELF_ACTION",
        "You cannot do this to yourself; ask another administrator.",
    ),
    (errors.Forbidden("x"), "FORBIDDEN", "x"),
    (errors.MissingScope("AUDIT_READ"), "FORBIDDEN", "This needs the scope AUDIT_READ."),
    (errors.LimitExceeded("x"), "TOO_MANY", "x"),
    (
        errors.IdempotencyKeyReused(),
        "IDEMPOTENCY_KEY_REUSED",
        "This idempotencyKey was used with another input; choose a new one.",
    ),
]


@pytest.mark.parametrize(("error", "code", "message"), ERRORS)
def test_code_and_message(error: errors.DomainError, code: str, message: str) -> None:
    assert (error.code, error.message, str(error)) == (code, message, message)


def test_none_is_forgotten() -> None:
    def below(kind: type[errors.DomainError]) -> set[type[errors.DomainError]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    tested = {type(error) for error, _, _ in ERRORS}
    known = {kind for kind in below(errors.DomainError) if kind.__module__ == errors.__name__}
    assert known - {errors.DomainError} == tested
