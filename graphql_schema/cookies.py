"""The cookie that holds a session: its name, how it is read, set and taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The cookie under one public address.

    Where that is https, its name begins with `__Host-`: browsers then take it from this host alone,
    for all paths, over TLS. Without TLS there is no such name. Scripts of a page never see it.
    """

    name: str
    attributes: str
    lifetime_s: int

    @staticmethod
    def of(public_url: str, lifetime: timedelta) -> SessionCookie:
        """The cookie of a server that people reach at `public_url`."""
        is_secure = public_url.startswith("https://")
        name = "__Host-session" if is_secure else "rollcall-session"
        attributes = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if is_secure else "")
        return SessionCookie(name, attributes, int(lifetime.total_seconds()))

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """The value that a request sends, the first where it sends several; None without one."""
        for name, value in headers:
            if name.lower() != b"cookie":
                continue
            for part in value.decode("latin-1").split(";"):
                key, is_pair, held = part.strip().partition("=")
                if is_pair and key == self.name:
                    return held.strip('"')
        return None

    def holding(self, secret: str) -> str:
        """The `Set-Cookie` header that hands over a session's secret."""
        return f"{self.name}={secret}; {self.attributes}; Max-Age={self.lifetime_s}"

    @property
    def taken_away(self) -> str:
        """The `Set-Cookie` header that makes a browser forget the session."""
        return f"{self.name}=; {self.attributes}; Max-Age=0"
