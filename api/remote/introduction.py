"""How a command introduces itself to a server: by an access token, a session, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Introduction:
    """At most one of `token` and `cookie`; `organization` is where a person wants to act."""

    token: str | None = field(default=None, repr=False)
    cookie: str | None = field(default=None, repr=False)
    organization: str | None = None

    @property
    def kind(self) -> str:
        """`token`, `session` or `nobody`."""
        if self.token is not None:
            return "token"
        return "nobody" if self.cookie is None else "session"

    def headers(self) -> dict[str, str]:
        """The headers of every request. X-Rollcall is what no foreign page can send."""
        sent = {"X-Rollcall": "cli"}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        elif self.cookie is not None:
            sent["Cookie"] = self.cookie
        if self.organization is not None and self.token is None:
            sent["X-Rollcall-Organization"] = self.organization
        return sent
