"""What can go wrong between a command and the server it asks, each with a sentence to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

UNAUTHENTICATED = "UNAUTHENTICATED"
FORBIDDEN = "FORBIDDEN"


class RemoteError(Exception):
    """The command cannot go on; the text says why and what to do."""


class Unreachable(RemoteError):
    """No answer came: whether it was done is not known."""


class NotLetIn(RemoteError):
    """The server does not take the token or the session, or they may not do this."""


class Refused(RemoteError):
    """The server understood and refused; `code` is its UserErrorCode."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Unheard(RemoteError):
    """What came of it can be told to nobody: standard output takes nothing any more."""


class Stopped(Exception):
    """Somebody asked the command to stop."""


def expect_no_errors(errors: Sequence[Mapping[str, Any]], *, introduced: str) -> None:
    """Raises what the errors of a GraphQL answer mean; `introduced` is how the caller is known."""
    if not errors:
        return
    extensions = errors[0].get("extensions") or {}
    message = str(errors[0].get("message", "The server failed without saying why."))
    code = extensions.get("code")
    if code == UNAUTHENTICATED:
        raise NotLetIn(_NOT_KNOWN[introduced])
    if (scope := extensions.get("scope")) and str(scope) not in message:
        message = f"{message} (scope {scope})"
    if correlation_id := extensions.get("correlationId"):
        message = f"{message} (correlation id {correlation_id})"
    raise NotLetIn(message) if code == FORBIDDEN else RemoteError(message)


def expect_done(payload: Mapping[str, Any]) -> None:
    """Raises Refused for the errors of a mutation's payload."""
    if errors := payload["errors"]:
        text = " ".join(str(error["message"]) for error in errors)
        raise Refused(text, str(errors[0]["code"]))


_NOT_KNOWN = {
    "token": "The server does not accept this access token: it is wrong, revoked or expired.",
    "session": "Your session has ended. Sign in again: rollcall sign-in --email YOUR-ADDRESS",
    "nobody": "Sign in first: rollcall sign-in --email YOUR-ADDRESS",
    "nobody yet": (
        "Sign in first: rollcall sign-in --email YOUR-ADDRESS. Scripts set ROLLCALL_ACCESS_TOKEN"
        " or give --token-file."
    ),
}
