"""How a command introduces itself to a server: by an access token, a session, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.remote.errors import RemoteError


@dataclass(frozen=True, slots=True)
class Introduction:
    """At most one of `token` and `cookie`; `organization` is where a person wants to act.

    `takes_token` says that a token would have done, too.
    """

    token: str | None = field(default=None, repr=False)
    cookie: str | None = field(default=None, repr=False)
    organization: str | None = None
    takes_token: bool = False

    @property
    def kind(self) -> str:
        """`token`, `session`, or `nobody`, `nobody yet` where a token would have done."""
        if self.token is not None:
            return "token"
        if self.cookie is not None:
            return "session"
        return "nobody yet" if self.takes_token else "nobody"

    def headers(self) -> dict[str, str]:
        """The headers of every request. X-Rollcall is what no foreign page can send.

        Raises RemoteError, without the secret, for what no header can hold.
        """
        sent = {"X-Rollcall": "cli"}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        elif self.cookie is not None:
            sent["Cookie"] = self.cookie
        if self.organization is not None and self.token is None:
            sent["X-Rollcall-Organization"] = self.organization
        for name, value in sent.items():
            if not (value.isascii() and value.isprintable()):
                raise RemoteError(_NOT_SENT[name])
        return sent


_NOT_SENT = {
    "Authorization": "This is no access token: one is a single line of letters, digits, _ and -.",
    "Cookie": "The session that is kept here cannot be used. Sign in again: rollcall sign-in.",
    "X-Rollcall-Organization": "There is no such organization: ids and slugs are ASCII letters.",
}
