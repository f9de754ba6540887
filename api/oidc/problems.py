"""Why a sign-in did not come about: the codes that the sign-in page is told (docs/sso.md)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.ids import UUID


class Problem(StrEnum):
    """What the page is told; its address carries nothing else."""

    UNKNOWN_PROVIDER = "unknown_provider"
    BAD_DESTINATION = "bad_destination"
    TOO_MANY = "too_many"
    PROVIDER_UNREACHABLE = "provider_unreachable"
    PROVIDER_REFUSED = "provider_refused"
    DENIED = "denied"
    EXPIRED = "expired"
    OTHER_ATTEMPT = "other_attempt"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 a word
    EMAIL_MISSING = "email_missing"
    EMAIL_UNVERIFIED = "email_unverified"
    NOT_A_MEMBER = "not_a_member"
    FAILED = "failed"


class SignInFailed(Exception):
    """A sign-in that ends here; `reason` is for the server's log and holds nothing personal.

    `provider_id` is set as soon as it is known whose sign-in it is.
    """

    def __init__(self, problem: Problem, reason: str = "") -> None:
        super().__init__(reason or problem)
        self.problem = problem
        self.reason = reason
        self.provider_id: UUID | None = None
