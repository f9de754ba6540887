"""The links in mails: which server they lead to, and the token behind their `#`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from api import console_pages
from api.remote.errors import RemoteError
from domain.secrets import SecretKind

SIGN_IN = (SecretKind.SIGN_IN_LINK, console_pages.SIGN_IN, "a sign-in link")
ACCEPT = (SecretKind.INVITATION, console_pages.ACCEPT, "an invitation's link")


@dataclass(frozen=True, slots=True)
class Link:
    """`server` is None where the token alone was given."""

    server: str | None
    token: str = field(repr=False)


def read_link(text: str, kind: tuple[str, str, str]) -> Link:
    """The link of that kind in a text, or the token alone. Raises RemoteError, without the link."""
    prefix, path, name = kind
    found = re.search(rf"(?<!\S)(?:(\S+)#)?({prefix}_[A-Za-z0-9_-]+)(?!\S)", text)
    if found is None:
        raise RemoteError(f"That is not {name}. It ends in #{prefix}_… – copy all of it.")
    base, fragment = found.groups()
    if base is None:
        return Link(None, fragment)
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.path.endswith(path):
        raise RemoteError(f"That is not {name}: before the # it ends in {path}.")
    return Link(f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix(path)}", fragment)
