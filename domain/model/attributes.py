"""What is known about a person in an organization: names, addresses, ids and the profile.

The profile holds every attribute that has no column of its own, as the provider sent it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.errors import Invalid
from domain.folding import folded_key
from domain.text import check_text

MAX_EMAIL = 256
MAX_USER_NAME = 320
MAX_NAME = 256
MAX_EXTERNAL_ID = 300

_COLUMNS = ("user_name", "email", "external_id", "display_name", "given_name", "family_name")
_PUBLIC = {
    "user_name": "userName",
    "email": "email",
    "external_id": "externalId",
    "display_name": "displayName",
    "given_name": "givenName",
    "family_name": "familyName",
}


def is_email(text: str) -> bool:
    """Whether `text` can be written to: one @, something on both sides, no blanks or controls."""
    local, at, host = text.rpartition("@")
    return bool(
        at
        and local
        and host
        and len(text) <= MAX_EMAIL
        and "@" not in local.strip('"')
        and not host.startswith((".", "-"))
        and not host.endswith((".", "-"))
        and ".." not in host
        and text.isprintable()  # no control, blank or lone surrogate is
        and not any(character in ' <>,;:()[]\\"' for character in text)
    )


@dataclass(frozen=True, slots=True)
class MemberAttributes:
    """Built by `MemberAttributes.of`, which checks limits and makes the folded keys."""

    user_name: str
    email: str | None = None
    external_id: str | None = None
    display_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)
    user_name_key: str = ""
    email_key: str | None = None
    display_name_key: str | None = None
    # Derived from e-mail and profile, and not read back: no part of what makes two equal.
    further_email_keys: tuple[str, ...] = field(default=(), compare=False)

    @staticmethod
    def of(
        *,
        user_name: str,
        email: str | None = None,
        external_id: str | None = None,
        display_name: str | None = None,
        given_name: str | None = None,
        family_name: str | None = None,
        profile: Mapping[str, Any] | None = None,
        further_emails: tuple[str, ...] = (),
    ) -> MemberAttributes:
        """Checked attributes; raises Invalid naming the attribute that breaks a limit."""
        if not user_name or user_name.isspace():
            raise Invalid("userName", "must not be empty")
        check_text("userName", user_name, MAX_USER_NAME)
        check_text("displayName", display_name, MAX_NAME)
        check_text("name.givenName", given_name, MAX_NAME)
        check_text("name.familyName", family_name, MAX_NAME)
        check_text("externalId", external_id, MAX_EXTERNAL_ID)
        if email is not None and not is_email(email):
            raise Invalid("email", "must be an e-mail address of at most 256 characters")
        email_key = folded_key("email", email) if email is not None else None
        further: tuple[str, ...] = ()
        if further_emails:
            keys = {folded_key("emails", text) for text in further_emails if text}
            further = tuple(sorted(keys - {email_key}))
        return MemberAttributes(
            user_name=user_name,
            email=email,
            external_id=external_id or None,
            display_name=display_name,
            given_name=given_name,
            family_name=family_name,
            profile=profile if profile is not None else {},
            user_name_key=folded_key("userName", user_name),
            email_key=email_key,
            display_name_key=(
                folded_key("displayName", display_name) if display_name is not None else None
            ),
            further_email_keys=further,
        )

    def require_email(self) -> MemberAttributes:
        """Itself; raises Invalid when there is no e-mail to send an invitation to."""
        if self.email is None:
            raise Invalid("email", "is missing, and nobody can be invited without one")
        return self

    def with_email(self, email: str | None) -> MemberAttributes:
        """The same with another e-mail."""
        key = folded_key("email", email) if email is not None else None
        return replace(self, email=email, email_key=key)

    def differences(self, other: MemberAttributes) -> Iterator[tuple[str, Any, Any]]:
        """(public attribute name, value here, value in `other`) for all that differ.

        Profile attributes are named `profile.<name>`.
        """
        for column in _COLUMNS:
            before, after = getattr(self, column), getattr(other, column)
            if before != after:
                yield _PUBLIC[column], before, after
        if self.profile != other.profile:
            for name in sorted({*self.profile, *other.profile}):
                before, after = self.profile.get(name), other.profile.get(name)
                if before != after:
                    yield f"profile.{name}", before, after

    def present(self) -> Iterator[tuple[str, Any]]:
        """(public attribute name, value) of everything that has a value."""
        for column in _COLUMNS:
            value = getattr(self, column)
            if value is not None:
                yield _PUBLIC[column], value
        for name in sorted(self.profile):
            yield f"profile.{name}", self.profile[name]
